// @ts-check
// Days in the reader's own calendar, and the moments at which they begin and end.

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The first moment of a day, or of one a number of days later; null if it is not a day.
 * @param {string} date YYYY-MM-DD
 */
function beginningOf(date, later = 0) {
  const found = DAY.exec(date);
  return found && new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + later);
}

/**
 * The last moment of a day; null for no day, which means no end. An invalid day stays as it is: the
 * API reports it.
 * @param {string} date YYYY-MM-DD
 */
export function endOfDay(date) {
  if (date === "") return null;
  const next = beginningOf(date, 1);
  return next ? new Date(next.getTime() - 1000).toISOString() : date;
}

/**
 * The first moment of a day; undefined for no day. An invalid day stays as it is, as above.
 * @param {string} date YYYY-MM-DD
 */
export function startOfDay(date) {
  if (date === "") return undefined;
  return beginningOf(date)?.toISOString() ?? date;
}

/** The day of a moment, in a date field's format. @param {string | null | undefined} at */
export function dayOf(at) {
  if (!at) return "";
  const moment = new Date(at);
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
