"""The demo's stand-in for app.plex.tv/auth, where visitors choose an account to sign in as.

Like Plex's own page, it reads its parameters after `#?`, asks `pins/info` who created the PIN, and
shows a red Security Alert if that was not this very browser.
"""

from __future__ import annotations

from demo_plex.messages import HTML, Answer

AUTH_PATH = "/auth"
SIGN_IN_PATH = "/auth/sign-in"

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Plex (demo)</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, sans-serif; background: #1f2326; color: #eee; margin: 0; }
main { max-width: 24rem; margin: 2rem auto; padding: 0 1rem; }
button, input { font: inherit; width: 100%; padding: .7rem; margin: .25rem 0;
  box-sizing: border-box; border: 0; border-radius: .4rem; }
button { background: #e5a00d; color: #1f2326; cursor: pointer; }
button.plain { background: none; color: #e5a00d; }
#alert { background: #b71c1c; padding: .5rem 1rem; border-radius: .4rem; }
#notice { color: #aaa; font-size: .9rem; }
[hidden] { display: none; }
</style></head><body><main>
<h1>Sign in to Plex <small>(demo)</small></h1>
<div id="alert" role="alert" hidden><h2>Security Alert</h2>
<p>This request came from another place than yours. Do not go on unless you trust it.</p></div>
<p id="notice" hidden>The page you came from is not hosted by Plex.</p>
<p id="over" hidden>This request has expired. Go back to where you came from.</p>
<form id="people">
<button name="who" value="alice">Sign in as alice</button>
<button name="who" value="bob">Sign in as bob</button>
<button name="who" value="unconfirmed-uma">As unconfirmed-uma (e-mail not confirmed)</button>
<button name="who" value="managed-max">Sign in as managed-max (a managed user)</button>
<button name="who" value="demo-owner">Sign in as demo-owner (the server's owner)</button>
<label>Somebody else<input name="other" autocomplete="off"></label>
<button name="who" value="">Sign in</button>
</form>
<p><button class="plain" id="cancel" type="button">Cancel</button></p>
</main><script>
const given = new URLSearchParams(location.hash.replace(/^#!?\\??/, ""));
const code = given.get("code") || "";
const back = given.get("forwardUrl");
const show = (id) => { document.getElementById(id).hidden = false; };
const leave = () => { if (back) location.assign(back); };
fetch("/api/v2/pins/info?code=" + encodeURIComponent(code), {
  headers: { Accept: "application/json", "X-Plex-Client-Identifier": given.get("clientID") || "" },
}).then(async (answer) => {
  if (!answer.ok) return show("over");
  const info = await answer.json();
  show(info.ipMatches ? "notice" : "alert");
});
document.getElementById("people").addEventListener("submit", async (event) => {
  event.preventDefault();
  const who = event.submitter.value || event.target.other.value;
  const answer = await fetch("/auth/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code, who }),
  });
  if (answer.ok) leave(); else show("over");
});
document.getElementById("cancel").addEventListener("click", leave);
</script></body></html>
"""


def auth_page() -> Answer:
    """The page, the same for everybody."""
    return Answer(200, _PAGE.encode(), HTML)
