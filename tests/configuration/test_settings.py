"""Every setting: its default, its errors, and that its value is never shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.configuration.database_url import DatabaseTarget
from helpr_core.configuration.settings import SETTING_NAMES, Settings, read_settings
from helpr_core.errors import SetupRequired
from helpr_core.texts import say

REQUIRED = {
    "PLEX_TOKEN": "not-a-real-token",
    "PLEX_SERVER_NAME": "Demo Plex",
    "SECRET_KEY": "not a real secret key, long enough",
}
HASH = "scrypt:32768:8:1$not-a-real-salt$abcdef0123456789"
MARK = "hunter2"


def read(**given: str) -> Settings:
    return read_settings({**REQUIRED, **given})


def problems(environ: dict[str, str]) -> dict[str, str]:
    """The invalid settings, and the sentences about them."""
    with pytest.raises(SetupRequired) as refused:
        read_settings(environ)
    assert MARK not in f"{refused.value!r} {refused.value} {refused.value.args}"
    return {problem.field: say(problem.message) for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("PGPORT", 1, 65535),
        ("HELPR_TRUSTED_PROXY_HOPS", 0, 10),
        ("HELPR_BACKUPS_KEPT", 1, 1000),
    ],
)
def test_a_number_that_cannot_be_used_is_answered_with_those_that_can(
    name: str, least: int, most: int
) -> None:
    words = f"must be a whole number from {least} to {most}"
    for wrong in (str(least - 1), str(most + 1), "1.5", "one", "١"):
        assert problems({**REQUIRED, name: wrong}) == {name: words}


def test_a_secret_is_shown_nowhere_but_where_it_is_asked_for() -> None:
    secret = read(PLEX_TOKEN="token-of-a-test").plex_token
    assert secret.get_secret_value() == "token-of-a-test"
    assert "token" not in f"{secret} {secret!r}"


def test_an_empty_environment_names_all_required_settings() -> None:
    assert problems({}) == dict.fromkeys(REQUIRED, "is missing")


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("empty", [None, "", "   ", "<unset>", "\t\n"])
def test_each_required_setting_is_named_when_it_is_missing(name: str, empty: str | None) -> None:
    environ = {**REQUIRED, name: empty or ""}
    if empty is None:
        del environ[name]
    assert problems(environ) == {name: "is missing"}


@pytest.mark.parametrize("host_sets", ["WEBSITE_SITE_NAME", "FUNCTIONS_EXTENSION_VERSION"])
def test_behind_the_functions_host_one_proxy_is_trusted(host_sets: str) -> None:
    assert read(**{host_sets: "x"}).trusted_proxy_hops == 1
    assert read(**{host_sets: "x"}, HELPR_TRUSTED_PROXY_HOPS="2").trusted_proxy_hops == 2
    assert problems({**REQUIRED, host_sets: "x", "HELPR_TRUSTED_PROXY_HOPS": "0"}) == {
        "HELPR_TRUSTED_PROXY_HOPS": "must be 1 or more on Azure"
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLEX_TOKEN", f"{MARK}…"),
        ("PLEX_TOKEN", f"{MARK}\nX-Evil: 1"),
        ("PLEX_TOKEN", f"two {MARK}"),
        ("SECRET_KEY", f"short {MARK}"),
        ("HELPR_NOTIFY_PRIVATE", MARK),
        ("HELPR_SIGN_IN", f"password {MARK}"),
        ("HELPR_SIGN_IN", ","),
        ("HELPR_SIGN_IN_HEADER", "Cookie"),
        ("HELPR_SIGN_IN_HEADER", f"Remote {MARK}"),
        ("HELPR_SIGN_IN_PROXIES", MARK),
        ("HELPR_SIGN_IN_PROXIES", "0.0.0.0/0"),
        ("DATABASE_URL", f"mysql://u:{MARK}@h/d"),
        ("DATABASE_URL", MARK),
        ("AZURE_POSTGRESQL_CONNECTIONSTRING", f"Host=h;Password={MARK}"),
        ("PGPORT", MARK),
        ("PGPORT", "0"),
        ("PGPORT", "65536"),
        ("PGSSLMODE", MARK),
        ("DATABASE_URL", f"postgresql://u:{MARK}@h/d?sslmode={MARK}"),
        ("DATABASE_URL", f"sqlite:///{MARK}.db?mode=ro"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_PATH", ":memory:"),
        ("DATABASE_URL", f"{MARK}\udcff"),
        ("SECRET_KEY", f"{MARK}\udcff and long enough to be a key of some kind"),
        ("INVITE_CODE", f"{MARK}\nx"),
        ("INVITE_CODE", "---"),
        ("PLEX_API_URL", f"http://[{MARK}"),
        ("PLEX_API_URL", "https://"),
        ("PLEX_API_URL", f"https://{MARK}:99999"),
        ("PLEX_API_URL", f"https://u:{MARK}@plex.tv"),
        ("HELPR_PUBLIC_URL", f"https://{MARK} x"),
        ("HELPR_RATE_INVITES", "0/minute"),
        ("HELPR_RATE_INVITES", f"{9**30}/minute"),
        ("HELPR_RATE_INVITES", "5/99999999999year"),
        ("HELPR_TABLES_ENDPOINT", f"{MARK}.table.core.windows.net"),
        ("PLEX_API_URL", f"ftp://{MARK}"),
        ("HELPR_TRUSTED_PROXY_HOPS", MARK),
        ("HELPR_TRUSTED_PROXY_HOPS", "-1"),
        ("HELPR_TRUSTED_PROXY_HOPS", "11"),
        ("HELPR_RATE_INVITES", MARK),
        ("HELPR_RATE_DEFAULT", f"5/{MARK}"),
        ("HELPR_RATE_SIGN_IN", ";"),
        ("HELPR_RATE_STATUS", "often"),
        ("HELPR_PUBLIC_URL", f"helpr.example.com/{MARK}"),
    ],
)
def test_an_invalid_value_is_named_but_not_shown(name: str, value: str) -> None:
    assert list(problems({**REQUIRED, name: value})) == [name]


@pytest.mark.parametrize(
    "password",
    [MARK, f"scrypt:{MARK}", f"md5:1$salt${MARK}", f"scrypt:1${MARK}", f"pbkdf2:a$b$c${MARK}"],
)
def test_a_password_in_place_of_its_hash_is_refused(password: str) -> None:
    environ = {**REQUIRED, "ADMIN_USERNAME": "owner", "ADMIN_PASSWORD_HASH": password}
    assert list(problems(environ)) == ["ADMIN_PASSWORD_HASH"]


def test_the_owners_name_and_password_hash_belong_together() -> None:
    both = {"ADMIN_USERNAME": "owner", "ADMIN_PASSWORD_HASH": HASH}
    assert read(**both).admin_username == "owner"
    assert problems(REQUIRED | {"ADMIN_USERNAME": MARK}) == {
        "ADMIN_PASSWORD_HASH": "is missing, while ADMIN_USERNAME is set"
    }
    assert problems(REQUIRED | {"ADMIN_PASSWORD_HASH": HASH}) == {
        "ADMIN_USERNAME": "is missing, while ADMIN_PASSWORD_HASH is set"
    }


def test_a_half_configured_postgresql_server_does_not_fall_back_to_sqlite() -> None:
    assert problems(REQUIRED | {"PGHOST": MARK, "PGUSER": MARK}) == {
        "PGDATABASE": "is missing, while PGHOST is set"
    }
    assert set(problems(REQUIRED | {"PGDATABASE": MARK})) == {"PGHOST", "PGUSER"}


@pytest.mark.parametrize("name", ["DATABASE_URL", "AZURE_POSTGRESQL_CONNECTIONSTRING"])
def test_a_half_configured_server_does_not_matter_beside_a_full_url(name: str) -> None:
    settings = read(PGHOST="elsewhere", **{name: "postgres://u:p@h/d"})
    assert settings.database.url == "postgresql+psycopg2://u:p@h/d"


@pytest.mark.parametrize("name", sorted({*SETTING_NAMES} - {"HELPR_TRUSTED_PROXY_HOPS"}))
def test_an_unresolved_key_vault_reference_is_named(name: str) -> None:
    reference = f"@Microsoft.KeyVault(SecretUri=https://{MARK}.vault.azure.net/secrets/x)"
    assert name in problems({**REQUIRED, name: reference})


@pytest.mark.parametrize(
    ("chosen", "url", "managed_identity"),
    [
        ({"DATABASE_PATH": "/srv/x.db"}, "sqlite:////srv/x.db", False),
        (
            {"PGHOST": "h", "PGDATABASE": "d", "PGUSER": "helpr identity"},
            "postgresql+psycopg2://helpr%20identity@h:5432/d?sslmode=require",
            True,
        ),
        (
            {"AZURE_POSTGRESQL_CONNECTIONSTRING": "Host=az;Database=d;Username=u;Password=p"},
            "postgresql+psycopg2://u:p@az/d",
            False,
        ),
        ({"DATABASE_URL": "postgres://u:p@first/d"}, "postgresql+psycopg2://u:p@first/d", False),
    ],
)
def test_the_database_is_chosen_in_the_order_of_the_contract(
    chosen: dict[str, str], url: str, managed_identity: bool
) -> None:
    order = ["DATABASE_URL", "AZURE_POSTGRESQL_CONNECTIONSTRING", "PGHOST", "DATABASE_PATH"]
    later = {
        "AZURE_POSTGRESQL_CONNECTIONSTRING": {
            "AZURE_POSTGRESQL_CONNECTIONSTRING": "Host=z;Database=z"
        },
        "PGHOST": {"PGHOST": "z", "PGDATABASE": "z", "PGUSER": "z"},
        "DATABASE_PATH": {"DATABASE_PATH": "z.db"},
    }
    first = next(order.index(name) for name in order if name in chosen)
    for name in order[first + 1 :]:
        chosen = later[name] | chosen
    assert read(**chosen).database == DatabaseTarget(url, managed_identity)


def test_spaces_around_a_value_are_removed() -> None:
    settings = read(
        PLEX_TOKEN=" not-a-real-token\n",
        INVITE_CODE="  sesame ",
        PLEX_LIBRARIES=" Movies ,, TV Shows,",
        PLEX_API_URL="http://127.0.0.1:1/",
        HELPR_PUBLIC_URL="https://helpr.example.com/ ",
    )
    assert settings.plex_token.get_secret_value() == "not-a-real-token"
    assert settings.invite_code is not None
    assert settings.invite_code.get_secret_value() == "sesame"
    assert settings.plex_libraries == ("Movies", "TV Shows")
    assert settings.plex_api_url == "http://127.0.0.1:1"
    assert settings.public_url == "https://helpr.example.com"


def test_secrets_are_hidden_when_settings_are_printed() -> None:
    secrets = ("PLEX_TOKEN", "SECRET_KEY", "INVITE_CODE", "HELPR_TABLES_CONNECTION")
    values = {name: f"{MARK}-is-no-secret-and-nothing-like-one" for name in secrets}
    signature = f"TableEndpoint=https://tables.example;SharedAccessSignature=sig={MARK}"
    values["HELPR_TABLES_CONNECTION"] = signature
    settings = read(
        **values,
        DATABASE_URL=f"postgres://u:{MARK}@h/d",
        ADMIN_USERNAME="owner",
        ADMIN_PASSWORD_HASH=f"scrypt:1:1:1$salt${MARK}",
    )
    assert MARK not in f"{settings!r} {settings}"


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_that_docker_leaves_around_a_value_are_removed(quote: str) -> None:
    example = {
        "PLEX_LIBRARIES": "Movies, TV Shows",
        "ADMIN_USERNAME": "owner",
        "ADMIN_PASSWORD_HASH": HASH,
        "INVITE_CODE": "sesame",
        "DATABASE_URL": "postgres://u:p@h:5433/d",
        "HELPR_TABLES_CONNECTION": "UseDevelopmentStorage=true",
        "PLEX_API_URL": "http://127.0.0.1:1",
        "HELPR_TRUSTED_PROXY_HOPS": "2",
        "HELPR_RATE_INVITES": "1/minute",
        "HELPR_PUBLIC_URL": "",
    }
    quoted = {name: f"{quote}{text}{quote}" for name, text in (REQUIRED | example).items()}
    assert read_settings(quoted) == read(**example)


def test_a_token_is_extracted_from_the_address_it_was_pasted_with() -> None:
    pasted = f"https://app.plex.tv/web/index.html?x=1&X-Plex-Token={MARK}#!/media"
    assert read(PLEX_TOKEN=pasted).plex_token.get_secret_value() == MARK
    assert (
        "X-Plex-Token" in problems({**REQUIRED, "PLEX_TOKEN": f"https://{MARK}.tv"})["PLEX_TOKEN"]
    )


@pytest.mark.parametrize(
    "key", ["x" * 32, "ab" * 20, f"{MARK[:3]}1" * 10, "0123456789" * 5, "changeme" * 4]
)
def test_a_secret_key_that_repeats_itself_is_refused(key: str) -> None:
    assert list(problems({**REQUIRED, "SECRET_KEY": key})) == ["SECRET_KEY"]


@pytest.mark.parametrize(
    ("weak", "setting"),
    [
        ({"SECRET_KEY": "my-secret-secret-secret-secret-key"}, "SECRET_KEY"),
        ({"SECRET_KEY": "change me, I am the key of an example file"}, "SECRET_KEY"),
        ({"INVITE_CODE": "a"}, "INVITE_CODE"),
        ({"PLEX_API_URL": "http://plex.example.com"}, "PLEX_API_URL"),
        ({"HELPR_PUBLIC_URL": "http://helpr.example.com"}, "HELPR_PUBLIC_URL"),
        ({"HELPR_TABLES_ENDPOINT": "http://x.example.com"}, "HELPR_TABLES_ENDPOINT"),
        ({"DATABASE_URL": "postgres://u:p@db.example.com/d"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://u:p@203.0.113.7/d?sslmode=prefer"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://u:p@db.example.com/d", "PGSSLMODE": "allow"}, "DATABASE_URL"),
        (
            {"AZURE_POSTGRESQL_CONNECTIONSTRING": "Host=a.example;Database=d;User=u;Password=p"},
            "AZURE_POSTGRESQL_CONNECTIONSTRING",
        ),
    ],
)
def test_a_weak_value_works_and_is_reported(weak: dict[str, str], setting: str) -> None:
    (found,) = read(**weak).concerns()
    assert found.setting == setting
    assert found.fix
    assert weak[setting] not in f"{found.found} {found.fix}" or len(weak[setting]) < 3


@pytest.mark.parametrize(
    "strong",
    [
        {"DATABASE_URL": "postgres://u:p@db.example.com/d?sslmode=require"},
        {"DATABASE_URL": "postgres://u:p@db.example.com/d", "PGSSLMODE": "verify-full"},
        {"DATABASE_URL": "postgres://u:p@database/d"},
        {"DATABASE_URL": "host=/var/run/postgresql dbname=d"},
        {"PGHOST": "x.postgres.database.azure.com", "PGDATABASE": "d", "PGUSER": "u"},
        {"INVITE_CODE": "open-sesame-77", "PLEX_API_URL": "http://192.168.1.2:32400"},
    ],
)
def test_a_strong_value_is_not_reported(strong: dict[str, str]) -> None:
    assert read(**strong).concerns() == []


AZURE = "helpr.postgres.database.azure.com"


@pytest.mark.parametrize(
    ("given", "identity", "url"),
    [
        # As Azure's Service Connector writes them: for Python, for .NET.
        (
            {
                "AZURE_POSTGRESQL_CONNECTIONSTRING": f"dbname=d host={AZURE} port=5432 "
                "sslmode=require user=helpr"
            },
            True,
            f"helpr@{AZURE}:5432/d?sslmode=require",
        ),
        (
            {
                "AZURE_POSTGRESQL_CONNECTIONSTRING": f"Server={AZURE};Database=d;Port=5432;"
                "Ssl Mode=VerifyFull;User Id=helpr;"
            },
            True,
            f"helpr@{AZURE}:5432/d?sslmode=verify-full",
        ),
        (
            {"DATABASE_URL": f"postgresql://helpr@{AZURE}/d"},
            True,
            f"helpr@{AZURE}/d?sslmode=require",
        ),
        (
            {"DATABASE_URL": f"jdbc:postgresql://{AZURE}:5432/d?sslmode=require&user=helpr"},
            True,
            f"helpr@{AZURE}:5432/d?sslmode=require",
        ),
        # A password from elsewhere, or none because the server trusts its clients.
        (
            {"DATABASE_URL": f"postgresql://helpr@{AZURE}/d", "PGPASSWORD": MARK},
            False,
            f"helpr:{MARK}@{AZURE}/d",
        ),
        ({"DATABASE_URL": "postgresql://helpr@database/d"}, False, "helpr@database/d"),
        (
            {"PGHOST": "h", "PGDATABASE": "d", "PGUSER": "u", "PGPASSWORD": f"'{MARK}[@'"},
            False,
            f"u:{MARK}%5B%40@h:5432/d",
        ),
        (
            {"PGHOST": "h", "PGDATABASE": "d", "PGUSER": "u", "PGSSLMODE": "verify-full"},
            True,
            "u@h:5432/d?sslmode=verify-full",
        ),
        (
            {"DATABASE_URL": "postgres://u:p@h/d?sslmode=disable", "PGSSLMODE": "require"},
            False,
            "u:p@h/d?sslmode=disable",
        ),
    ],
)
def test_without_a_password_an_identity_or_another_source_is_used(
    given: dict[str, str], identity: bool, url: str
) -> None:
    target = read(**given).database
    assert target == DatabaseTarget(f"postgresql+psycopg2://{url}", identity)
    assert target.setting in ("PGHOST", *given)


def test_the_identity_named_by_the_service_connector_is_used() -> None:
    assert read(AZURE_POSTGRESQL_CLIENTID="of-the-identity").azure_client_id == "of-the-identity"


@pytest.mark.parametrize("sign", "[]{}<>@:/?#%&=+ \\'\"“|^~;,$!*é✓😀")
def test_any_character_in_a_database_password_works_and_is_hidden(sign: str) -> None:
    password = f"{MARK}{sign}x"
    settings = read(DATABASE_URL=f"postgresql://helpr:{password}@127.0.0.1:5433/records")
    assert settings.database.address is not None
    found = settings.database.address
    # A "+" stays a plus, and %XX is a character.
    assert (found.password, found.host, found.port) == (password, "127.0.0.1", 5433)
    assert password in settings.secrets()
    assert MARK not in f"{settings.database!r}"


@given(
    st.dictionaries(
        st.sampled_from(SETTING_NAMES), st.text(max_size=40).map(lambda text: f"{MARK}{text}")
    )
)
def test_any_environment_gives_settings_or_named_problems(given: dict[str, str]) -> None:
    try:
        read_settings({**REQUIRED, **given})
    except SetupRequired:
        named = problems({**REQUIRED, **given})
        assert named
        assert set(named) <= set(SETTING_NAMES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HELPR_SMTP_URL", f"http://u:{MARK}@mail.example"),
        ("HELPR_SMTP_URL", f"smtp://u:{MARK}@"),
        ("HELPR_SMTP_URL", f"smtp://u:{MARK}@mail.example:0"),
        ("HELPR_SMTP_URL", f"smtp://mail.example/?{MARK}"),
        ("HELPR_MAIL_FROM", MARK),
        ("HELPR_MAIL_FROM", f"one@{MARK}.example, two@{MARK}.example"),
        ("HELPR_MAIL_FROM", f"one@{MARK}.example;two@{MARK}.example"),
        ("HELPR_MAIL_FROM", f"Family, {MARK} <h@name.example>"),
        ("HELPR_MAIL_FROM", f"Helpr <h@name.example> {MARK}"),
        ("HELPR_MAIL_FROM", f"Helpr <h@{MARK} .example>"),
    ],
)
def test_a_mail_server_and_a_sender_are_validated(name: str, value: str) -> None:
    right = {"HELPR_SMTP_URL": "smtp://mail.example", "HELPR_MAIL_FROM": "Helpr <h@name.example>"}
    assert list(problems({**REQUIRED, **right, name: value})) == [name]


@pytest.mark.parametrize(
    "sender",
    [
        "h@name.example",
        "<h@name.example>",
        "Größe (Plex) <h+plex@name.example>",
        '"A, B" <h@b.example>',
    ],
)
def test_a_sender_is_one_mailbox_with_a_name_or_without(sender: str) -> None:
    assert read(HELPR_SMTP_URL="smtp://mail.example", HELPR_MAIL_FROM=sender).mail_from == sender


def test_a_mail_server_needs_a_sender() -> None:
    found = problems({**REQUIRED, "HELPR_SMTP_URL": f"smtp://u:{MARK}@mail.example"})
    assert found == {"HELPR_MAIL_FROM": "is missing, while HELPR_SMTP_URL is set"}


def test_channel_addresses_are_separated_by_spaces_and_hidden_one_by_one() -> None:
    settings = read(
        HELPR_NOTIFY_URLS="ntfys://one.example/a, json://two.example/b,c  ntfys://one.example/a",
        HELPR_SMTP_URL="smtps://user:pass%20word-of-a-test@mail.example",
        HELPR_MAIL_FROM="helpr@name.example",
        HELPR_NOTIFY_PRIVATE="Yes",
    )
    assert settings.notify_addresses == ("ntfys://one.example/a", "json://two.example/b,c")
    assert {*settings.notify_addresses, "pass word-of-a-test"} <= set(settings.secrets())
    assert settings.notify_private
    assert not read().notify_private


IN_FRONT = {"HELPR_SIGN_IN_USERS": "olga", "HELPR_SIGN_IN_PROXIES": "172.18.0.0/16"}
ON_AZURE = {"WEBSITE_SITE_NAME": "helpr"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"HELPR_SIGN_IN": "proxy"}, {"HELPR_SIGN_IN_USERS", "HELPR_SIGN_IN_PROXIES"}),
        ({"HELPR_SIGN_IN": "proxy", **IN_FRONT}, set()),
        ({"HELPR_SIGN_IN": "azure", **IN_FRONT}, {"HELPR_SIGN_IN"}),
        ({"HELPR_SIGN_IN": "azure", **ON_AZURE}, {"HELPR_SIGN_IN_USERS"}),
        ({"HELPR_SIGN_IN": "proxy", **IN_FRONT, **ON_AZURE}, {"HELPR_SIGN_IN"}),
    ],
)
def test_sign_in_by_a_proxy_is_complete_or_named(given: dict[str, str], named: set[str]) -> None:
    environ = {**REQUIRED, "HELPR_TRUSTED_PROXY_HOPS": "1", **given}
    found = set()
    try:
        read_settings(environ)
    except SetupRequired as exc:
        found = {one.field for one in exc.problems}
    assert found == named


def test_a_proxy_that_signs_in_must_be_counted() -> None:
    found = problems({**REQUIRED, "HELPR_SIGN_IN": "proxy", **IN_FRONT})
    assert found.keys() == {"HELPR_TRUSTED_PROXY_HOPS"}
