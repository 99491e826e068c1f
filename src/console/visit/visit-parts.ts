import type { Request, Response } from 'express';
import type { SignedIn } from '../../administrators/console-access.ts';
import type { Settings } from '../../config/settings.ts';
import type { OperationCaller } from './call-operation.ts';
import type { ConsoleForms } from './console-forms.ts';
import type { SpokenTo } from './spoken-to.ts';

/** A file that came with a form, and the form's other fields. */
export interface TakenUpload {
  readonly name: string | undefined;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Removes it. */
  done(): Promise<void>;
}

/** Takes the file of a posted form to a place of its own. */
export type TakeUpload = (request: Request) => Promise<TakenUpload>;

/** What a visit is made of. */
export interface VisitParts extends SpokenTo {
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
  readonly tenant: string;
  readonly base: string;
  /** What links of the tenant begin with, without a slash at the end. */
  readonly publicUrl: string;
  readonly settings: Settings;
  readonly forms: ConsoleForms;
  readonly operations: OperationCaller;
  readonly takeUpload: TakeUpload;
  readonly now: Date;
  /** Languages that mails and pages are written in. */
  readonly languages: readonly string[];
  readonly hasPage: (path: string) => boolean;
  /** Absent on pages that anybody may see. */
  readonly signedIn: SignedIn | undefined;
}
