AbortSignal.timeout(1); // missing
AbortSignal.any([]); // missing
Object.groupBy([1], (one) => one); // missing
Promise.withResolvers(); // missing
Array.fromAsync([]); // missing
/(?<=a)b/.test("ab"); // missing
new RegExp("(?<!a)b").test("b"); // missing
URL.canParse("/"); // missing
new Intl.DurationFormat("en"); // missing
Iterator.from([]); // missing
navigator.userActivation; // missing
window.navigation; // missing
document.createElement("p").setAttribute("popover", "auto"); // missing
class Kept {
  static { // missing
    Kept.known = true;
  }
}
