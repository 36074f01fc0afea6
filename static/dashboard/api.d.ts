// Made from the OpenAPI document by `make types`. Nothing is written here by hand.

export interface AuditOut {
  events: Event[];
  next_cursor?: string;
}

export interface CheckOut {
  name: string;
  ok: boolean;
  severity: Severity;
  detail: string;
  fix: string;
  ms: number;
}

export interface ConnectionOut {
  ok: boolean;
  checks: CheckOut[];
}

export interface DayOut {
  date: string;
  total: number;
  counts: Record<string, number>;
}

export type Door = "session" | "key" | "friend" | "system" | "unknown";

export interface Event {
  at: string;
  door: Door;
  actor: string;
  action: string;
  target: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  reference: string;
}

export interface FieldProblem {
  field: string;
  message: string;
}

export interface InvitesOut {
  invites: Row[];
  next_cursor?: string;
}

export interface LibrariesIn {
  shared: number[];
}

export interface LibrariesOut {
  libraries: ManagedLibrary[];
  notices?: string[];
  fetched_at: string;
}

export interface ManagedLibrary {
  id: number;
  title: string;
  type: string;
  shared: boolean;
  gone?: true;
  missing?: true;
}

export interface NoteOut {
  at: string;
  text: string;
  same_browser: boolean;
}

export interface OfferedLibrary {
  id: number;
  title: string;
  type: string;
}

export interface OverviewOut {
  status: Severity;
  checks: CheckOut[];
  seats?: SeatsOut;
  counts?: Record<string, number>;
  awaiting?: Row[];
  recent?: Row[];
  server_name: string;
  demo: boolean;
  public_url?: string;
}

export interface OwnerInviteIn {
  email_or_username: string;
  libraries?: number[];
  confirmed?: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  reference: string;
  instance?: string;
  suggestion?: string;
  errors?: FieldProblem[];
}

export interface Row {
  request_id: string;
  email_or_username: string;
  timestamp: string;
  status: Status;
  error_code?: string;
  error_message?: string;
  friend_sees: string;
  source: Source;
  server_name: string;
  libraries: OfferedLibrary[];
  note?: string;
  notes?: NoteOut[];
  attempts: number;
  next_attempt_at?: string;
  queued_since?: string;
  sent_at?: string;
  accepted_at?: string;
  updated_at: string;
  duration_ms?: number;
  actions: ("retry" | "approve" | "deny")[];
}

export interface SeatsOut {
  used: number;
  pending: number;
  limit: number;
  read_at: string;
}

export interface SessionOut {
  username: string;
  csrf_token: string;
}

export interface SettingsIn {
  title?: string;
  welcome?: string;
  code_required?: boolean;
  approval_required?: boolean;
  paused?: boolean;
  daily_cap?: number;
  retention_days?: number;
}

export interface SettingsOut {
  default_title: string;
  code_available: boolean;
  saved_at?: string;
  saved_by?: string;
  title: string;
  welcome: string;
  code_required: boolean;
  approval_required: boolean;
  paused: boolean;
  daily_cap: number;
  retention_days: number;
}

export interface SettingsPatch {
  title?: string | null;
  welcome?: string | null;
  code_required?: boolean | null;
  approval_required?: boolean | null;
  paused?: boolean | null;
  daily_cap?: number | null;
  retention_days?: number | null;
}

export type Severity = "ok" | "warning" | "error";

export type Source = "form" | "owner" | "link" | "sign_in" | "batch" | "unknown";

export interface StatsOut {
  days: DayOut[];
}

export type Status = "pending" | "success" | "failed" | "queued" | "awaiting_approval" | "denied" | "unknown";

export interface Story {
  request_id: string;
  email_or_username: string;
  timestamp: string;
  status: Status;
  error_code?: string;
  error_message?: string;
  friend_sees: string;
  source: Source;
  server_name: string;
  libraries: OfferedLibrary[];
  note?: string;
  notes?: NoteOut[];
  attempts: number;
  next_attempt_at?: string;
  queued_since?: string;
  sent_at?: string;
  accepted_at?: string;
  updated_at: string;
  duration_ms?: number;
  actions: ("retry" | "approve" | "deny")[];
  events: Event[];
}
