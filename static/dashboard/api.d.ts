// Made from the OpenAPI document by `make types`. Nothing is written here by hand.

export type ApprovalIn = "yes" | "no" | "as_set";

export interface BatchOut {
  batch_id: string;
  created_at: string;
  state: "working" | "done";
  counts: Record<string, number>;
  to_send: number;
  cancellable: boolean;
}

export interface BatchWithLines extends BatchOut {
  lines?: OpenedLine[];
}

export interface BrowserOut {
  browser_id: string;
  browser: string;
  system: string;
  username: string;
  way: Way;
  signed_in_at: string;
  seen_at: string;
  current: boolean;
}

export interface BulkResult {
  person_id: string;
  ok: boolean;
  operation_id?: string;
  code?: string;
  message?: string;
}

export interface ChannelOut {
  channel_id: string;
  kind: string;
  service: string;
  label: string;
  events: string[];
  enabled: boolean;
  language: string;
  quiet_hours: QuietHoursIO | null;
  read_only: boolean;
  state: "new" | "ok" | "failing" | "red";
  last_ok_at: string | null;
  failing_since: string | null;
  next_attempt_at: string | null;
  last_error: string | null;
  created_at: string;
}

export interface ChannelsOut {
  channels: ChannelOut[];
  events: string[];
  default_events: string[];
  languages: LanguageOut[];
  mail_available: boolean;
  links_available: boolean;
}

export interface CheckOut {
  name: string;
  ok: boolean;
  severity: Severity;
  detail: string;
  fix: string;
  action?: "sign_in_to_plex";
  ms: number;
}

export type CodeSource = "environment" | "dashboard";

export interface DayOut {
  date: string;
  total: number;
  counts: Record<string, number>;
}

export type Door = "session" | "key" | "friend" | "system" | "notice" | "unknown";

export interface DriftOut {
  drift_id: string;
  kind: string;
  since: string;
  detail: Record<string, unknown>;
  ignored: boolean;
}

export interface DriftRow extends DriftOut {
  person_id: string;
  server_id: string;
  name: string;
}

export interface DryRunOut {
  batch_id: string;
  lines: JudgedLine[];
  counts: Record<string, number>;
  seats_left?: number;
  plex_asked: boolean;
}

export interface EndingOut {
  person_id: string;
  name: string;
  server_name: string;
  until: string;
}

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

export interface JudgedLine {
  line: number;
  email_or_username: string;
  verdict: helpr_core__domain__batches__Verdict;
  message: string;
  suggestion?: string;
  libraries: OfferedLibrary[];
  access_days?: number;
  note?: string;
}

export type Kind = "remove" | "set_libraries" | "set_restrictions" | "cancel" | "resend";

export interface LanguageOut {
  tag: string;
  name: string;
}

export interface LastRequest {
  request_id: string;
  timestamp: string;
  status: Status;
  accepted_at?: string;
}

export interface LibrariesOut {
  servers?: OneServer[];
  server_id?: string;
  libraries: ManagedLibrary[];
  notices?: string[];
  fetched_at: string;
}

export interface LinkIn {
  code?: string;
  label?: string;
  server_id?: string;
  libraries?: number[];
  restrictions?: RestrictionsIn;
  uses_limit?: number;
  expires_at?: string;
  access_days?: number;
  approval?: ApprovalIn;
  require_sign_in?: boolean;
  welcome?: string;
  enabled?: boolean;
}

export interface LinkOut {
  link_id: string;
  code: string | null;
  url: string | null;
  label: string;
  server_id: string;
  libraries: number[] | null;
  restrictions: Record<string, unknown>;
  uses_limit: number | null;
  uses: number;
  expires_at: string | null;
  access_days: number | null;
  approval: ApprovalIn;
  require_sign_in: boolean;
  welcome: string;
  enabled: boolean;
  state: LinkState;
  created_at: string | null;
  held_by: CodeSource | null;
  statistics: StatisticsOut;
}

export type LinkState = "active" | "expired" | "used_up" | "disabled";

export type LiveTv = "none" | "watch" | "record";

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

export interface NoticeOut {
  at: string;
  kind: string;
  text: string;
}

export interface OfferedLibrary {
  id: number;
  title: string;
  type: string;
}

export interface OneServer {
  server_id: string;
  name: string;
}

export interface OpenedLine extends JudgedLine {
  outcome: string;
  request_id?: string;
  error_code?: string;
  error_message?: string;
  sent_at?: string;
  accepted_at?: string;
}

export interface OperationOut {
  operation_id: string;
  kind: Kind;
  person_id: string;
  server_id: string;
  state: State;
  attempts: number;
  created_at: string;
  updated_at: string;
  next_attempt_at: string | null;
  error_code: string | null;
  error_message: string | null;
}

export interface OperationRow extends OperationOut {
  name: string;
}

export interface OverviewOut {
  status: Severity;
  friends: StandingOut;
  checks: CheckOut[];
  seats?: SeatsOut;
  counts?: Record<string, number>;
  awaiting?: Row[];
  recent?: Row[];
  people?: PeopleSummaryOut;
  notices?: NoticeOut[];
  server_name: string;
  demo: boolean;
  public_url?: string;
  first_steps?: StepOut[];
  link: string;
}

export interface PasskeyOut {
  passkey_id: string;
  name: string;
  host: string;
  added_at: string;
  used_at?: string;
}

export interface PasskeysOut {
  passkeys: PasskeyOut[];
  proof_wanted: boolean;
}

export interface PeopleOut {
  people: PersonRow[];
  total: number;
  servers: Record<string, string>;
  next_cursor: string | null;
  read_at: string | null;
  reading: helpr_core__domain__people_reading__Verdict;
  reading_code: string | null;
}

export interface PeopleSummaryOut {
  ends_soon: EndingOut[];
  ends_soon_count: number;
  ends_soon_days: number;
  drift_count: number;
  failed_count: number;
  reading: helpr_core__domain__people_reading__Verdict;
  reading_code?: string;
  read_at?: string;
}

export interface PersonRow {
  person_id: string;
  plex_user_id: number | null;
  username: string;
  email: string;
  title: string;
  home: boolean;
  exempt: boolean;
  erased: boolean;
  note: string;
  shares: ShareOut[];
  restrictions: RestrictionsOut | null;
  last_request: LastRequest | null;
}

export interface PersonStory {
  person_id: string;
  plex_user_id: number | null;
  username: string;
  email: string;
  title: string;
  home: boolean;
  exempt: boolean;
  erased: boolean;
  note: string;
  shares: ShareOut[];
  restrictions: RestrictionsOut | null;
  requests: Row[];
  operations: OperationOut[];
  events: Event[];
}

export type Place = "check" | "libraries" | "settings" | "links";

export interface PlexLibrary {
  id: number;
  title: string;
  type: string;
}

export interface PresetOut {
  preset_id: string;
  name?: string;
  country?: string;
  restrictions: Record<string, boolean | string>;
}

export interface QuietHoursIO {
  begins: string;
  ends: string;
  time_zone?: string;
}

export interface RestrictionsIn {
  downloads?: boolean;
  live_tv?: LiveTv;
  subtitles?: boolean;
  movies?: string;
  television?: string;
  music?: string;
}

export interface RestrictionsOut {
  downloads: boolean;
  live_tv: LiveTv;
  subtitles: boolean;
  movies: string;
  television: string;
  music: string;
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
  link_id?: string;
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

export interface SecondFactorOut {
  on: boolean;
  since?: string;
  recovery_codes_left: number;
  has_password: boolean;
  proof_wanted: boolean;
}

export interface ServerOut {
  server_id: string;
  name: string;
  managed: boolean;
  default: boolean;
}

export interface SettingsIn {
  title?: string;
  owner_name?: string;
  contact?: string;
  welcome?: string;
  guide?: string;
  invite_code?: string;
  code_required?: boolean;
  links_only?: boolean;
  approval_required?: boolean;
  paused?: boolean;
  mail_friends?: boolean;
  daily_cap?: number;
  retention_days?: number;
  stale_days?: number;
  ends_soon_days?: number;
  put_right_more_libraries?: boolean;
  put_right_fewer_libraries?: boolean;
  put_right_all_libraries?: boolean;
  put_right_library_rebuilt?: boolean;
  put_right_restrictions?: boolean;
  read_account_lists?: boolean;
  read_invitation_list?: boolean;
  read_server_lists?: boolean;
  idle_minutes?: number;
}

export interface SettingsOut {
  default_title: string;
  default_owner_name: string;
  code_available: boolean;
  code_source?: CodeSource;
  code_unreadable?: boolean;
  saved_at?: string;
  saved_by?: string;
  title: string;
  owner_name: string;
  contact: string;
  welcome: string;
  guide: string;
  invite_code: string;
  code_required: boolean;
  links_only: boolean;
  approval_required: boolean;
  paused: boolean;
  mail_friends: boolean;
  daily_cap: number;
  retention_days: number;
  stale_days: number;
  ends_soon_days: number;
  put_right_more_libraries: boolean;
  put_right_fewer_libraries: boolean;
  put_right_all_libraries: boolean;
  put_right_library_rebuilt: boolean;
  put_right_restrictions: boolean;
  read_account_lists: boolean;
  read_invitation_list: boolean;
  read_server_lists: boolean;
  idle_minutes: number;
}

export type Severity = "ok" | "warning" | "error";

export interface ShareOut {
  server_id: string;
  server_name: string;
  state: ShareState;
  libraries: PlexLibrary[];
  all_libraries: boolean;
  invited_at: string | null;
  accepted_at: string | null;
  access_until: string | null;
  gone_at: string | null;
  gone_reason: string | null;
  missing_since: string | null;
  source: string;
  link_id: string | null;
  request_id: string | null;
  drift: DriftOut[];
}

export type ShareState = "pending" | "active" | "removing" | "gone" | "unknown";

export type Source = "form" | "owner" | "link" | "sign_in" | "batch" | "unknown";

export type Standing = "open" | "approval" | "paused" | "full" | "not_set_up" | "plex_silent" | "token_refused";

export interface StandingOut {
  state?: Standing;
  line: string;
  tone: "good" | "wait" | "bad";
}

export type State = "queued" | "working" | "done" | "failed" | "cancelled";

export interface StatisticsOut {
  opened?: number;
  asked: number;
  sent: number;
  accepted: number;
}

export type Status = "pending" | "success" | "failed" | "queued" | "awaiting_approval" | "denied" | "unknown";

export type StepName = "token" | "server" | "libraries" | "way_in" | "link";

export interface StepOut {
  name: StepName;
  done: boolean;
  text: string;
  fix?: string;
  place?: Place;
}

export interface Story extends Row {
  events: Event[];
}

export type Way = "password" | "passkey" | "plex" | "azure" | "proxy" | "unknown";

export type helpr_core__domain__batches__Verdict = "invite" | "has_access" | "invited" | "open" | "duplicate" | "not_an_address" | "unknown_library" | "not_days" | "over_seats" | "heading" | "unknown";

export type helpr_core__domain__people_reading__Verdict = "ok" | "suspicious" | "failed";
