// What the views speak of: the shapes of the owner's API under shorter names, and what a view is.

import type { LinkIn, LinkOut, PersonRow, Row, SettingsIn } from "./api.js";

export type {
  BatchOut as Batch,
  BatchWithLines,
  BrowserOut as Browser,
  BulkResult,
  ChannelOut as Channel,
  ChannelsOut as Channels,
  CheckOut as Check,
  DayOut as Day,
  DriftRow,
  DryRunOut as DryRun,
  Event as AuditEvent,
  FieldProblem as FieldError,
  JudgedLine,
  LibrariesOut as Libraries,
  LinkOut as Link,
  ManagedLibrary as ListedLibrary,
  OpenedLine,
  OperationOut as Operation,
  OperationRow,
  OverviewOut as Overview,
  PasskeyOut as Passkey,
  PasskeysOut as Passkeys,
  PeopleOut as People,
  PeopleSummaryOut as PeopleSummary,
  PersonStory,
  PresetOut as Preset,
  Row,
  SeatsOut as Seats,
  SecondFactorOut as SecondFactor,
  ServerOut as OwnedServer,
  SettingsOut as SavedSettings,
  ShareOut as PlexShare,
  Story as WholeRow,
} from "./api.js";

/** A shape in which one field may be absent. */
type Loosely<Shape, Field extends keyof Shape> = Omit<Shape, Field> & Partial<Pick<Shape, Field>>;
/** What stands in a link's form: of a preset, or of a link that there is. */
export type LinkFields = LinkIn | Loosely<LinkOut, "code">;
/** Somebody, in the list or on their own page. */
export type Person = Loosely<PersonRow, "last_request">;
export type RowAction = Row["actions"][number];
export type Settings = Required<SettingsIn>;
/** One save that the page did not know of: what a 412 tells. */
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
  /** How many requests wait for approval, as the view has just read it. */
  setWaiting: (count: number) => void;
}
/** What a view does with its place. */
export interface Shown {
  open: (opened: Opened) => void;
  /** The same view at another query; without it the view is opened anew. */
  update?: (opened: Opened) => void;
  /** Something has changed: show it without moving anything, unless the page is in use by then.
   * Resolves to whether it is shown. */
  refresh?: (opened: Opened, isInUse: () => boolean) => Promise<boolean>;
}
export interface View extends Shown {
  title: string;
  /** The address of the view whose entry in the navigation leads here, if it is not the first part of this one's. */
  near?: string;
}
/** What a script says about its view: `make bundles` collects it, so it is made of literals alone. */
export interface About {
  /** Its address; `people/*` is one of those that `people` lists, by any name that no other view has. */
  at: string;
  /** The code of its heading. */
  title: string;
  near?: string;
  /** Its entry in the navigation; `name` is a code, and its heading's without one. */
  menu?: { order: number; name?: string; drawing: string };
}
