// The shapes of the owner's API. What is not known is absent.

export interface FieldError {
  field: string;
  message: string;
}
export interface Library {
  id: number;
  title: string;
  type: string;
}
export interface ListedLibrary extends Library {
  shared: boolean;
  gone?: boolean;
  missing?: boolean;
}
export interface Libraries {
  libraries: ListedLibrary[];
  notices?: string[];
  fetched_at: string;
}
/** Words of somebody who asked again for the same person. */
export interface Note {
  at: string;
  text: string;
  same_browser: boolean;
}
export type Action = "retry" | "approve" | "deny";
export interface Row {
  request_id: string;
  email_or_username: string;
  timestamp: string;
  status: string;
  error_code?: string;
  error_message?: string;
  friend_sees?: string;
  source: string;
  server_name: string;
  libraries: Library[];
  note?: string;
  notes?: Note[];
  attempts: number;
  next_attempt_at?: string;
  sent_at?: string;
  accepted_at?: string;
  updated_at: string;
  duration_ms?: number;
  queued_since?: string;
  actions: Action[];
}
export interface AuditEvent {
  at: string;
  door: string;
  actor: string;
  action: string;
  target: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  reference: string;
}
export interface WholeRow extends Row {
  events: AuditEvent[];
}
export interface Check {
  name: string;
  ok: boolean;
  severity: string;
  detail: string;
  fix: string;
  ms: number;
}
export interface Seats {
  used: number;
  pending: number;
  limit: number;
  read_at: string;
}
export interface Overview {
  status: string;
  checks: Check[];
  seats?: Seats;
  counts?: Record<string, number>;
  /** The newest of those that wait for the owner; `counts` has how many there are. */
  awaiting?: Row[];
  recent?: Row[];
  server_name: string;
  title: string;
  demo: boolean;
  public_url?: string;
}
export interface Day {
  date: string;
  total: number;
  counts: Record<string, number>;
}
export interface Settings {
  title: string;
  welcome: string;
  code_required: boolean;
  approval_required: boolean;
  paused: boolean;
  daily_cap: number;
  retention_days: number;
}
export interface SavedSettings extends Settings {
  code_available: boolean;
  default_title: string;
  saved_at?: string;
  saved_by?: string;
}
export interface Change {
  at: string;
  by: string;
  fields: string[];
}
export interface Route {
  path: string[];
  query: URLSearchParams;
}
/** What a view gets: a place below its heading, and a signal that ends when it is left. */
export interface Opened {
  place: HTMLElement;
  route: Route;
  signal: AbortSignal;
  setHeading: (title: string) => void;
}
export interface View {
  title: string;
  open: (opened: Opened) => void;
  /** The same view at another query; without it the view is opened anew. */
  update?: (opened: Opened) => void;
}
