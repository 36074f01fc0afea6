// Asked for first, or known to Safari 15.6, Chrome 109 and Firefox 115.
AbortSignal.timeout?.(1);
export const clones = typeof structuredClone === "function" ? structuredClone([1]) : [];
[1].at(-1);
[1].findLast((one) => one);
Object.hasOwn({}, "a");
new Error("a", { cause: 1 });
await Promise.any([Promise.resolve(1)]);
export class Kept {
  #one = 1;
  static has = (other) => #one in other;
}
export const mine = { toSorted: () => [] }.toSorted();
document.body.inert = true;
