// What the views speak of: the shapes of the owner's API under shorter names, and what a view is.

import type { Row, SettingsIn } from "./api.js";

export type {
  BulkResult,
  ChannelOut as Channel,
  ChannelsOut as Channels,
  CheckOut as Check,
  DayOut as Day,
  DriftRow,
  Event as AuditEvent,
  FieldProblem as FieldError,
  LibrariesOut as Libraries,
  ManagedLibrary as ListedLibrary,
  NoteOut as Note,
  OfferedLibrary as Library,
  OperationOut as Operation,
  OperationRow,
  OverviewOut as Overview,
  PeopleGlanceOut as PeopleGlance,
  PeopleOut as People,
  PersonOut as Person,
  PersonStory,
  Row,
  SeatsOut as Seats,
  SettingsOut as SavedSettings,
  ShareOut as PlexShare,
  Story as WholeRow,
} from "./api.js";
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
}
export interface View {
  title: string;
  open: (opened: Opened) => void;
  /** The same view at another query; without it the view is opened anew. */
  update?: (opened: Opened) => void;
}
