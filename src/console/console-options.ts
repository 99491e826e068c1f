import type { RequestHandler } from 'express';
import type { ConsoleAccess } from '../administrators/console-access.ts';
import type { CompanySignIn } from '../administrators/oidc/company-sign-in.ts';
import type { Passkeys } from '../administrators/passkeys.ts';
import type { Clock } from '../base/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Notes } from '../domain/notes.ts';
import type { Locales } from '../text/locales.ts';
import type { OperationCaller } from './visit/call-operation.ts';
import type { ConsoleAnswer } from './visit/console-answer.ts';
import type { Words } from './visit/console-words.ts';
import type { IconName } from './visit/icons.ts';
import type { TakeUpload } from './visit/visit-parts.ts';
import type { Visit } from './visit/visit.ts';

/** What the console is made of. */
export interface ConsoleOptions {
  readonly tenant: string;
  /** The tenant that is served at the root: its first owner runs the installation too. */
  readonly isMain: boolean;
  /** The tenant's public URL; its path, if any, comes before every link. */
  readonly publicUrl: string;
  readonly settingsOf: (tenant: string) => Settings;
  /** False while the tenant is suspended: the operator alone is let in. */
  readonly isServed?: () => boolean;
  /** Of the hosted pages: which languages there are, and how they run. */
  readonly locales: Locales;
  /** The console's own words, by language. */
  readonly words: ReadonlyMap<string, Words>;
  readonly access: ConsoleAccess;
  readonly passkeys: Passkeys;
  readonly company: CompanySignIn;
  readonly operations: OperationCaller;
  /** 32 bytes each: the first signs forms, each of them is believed. They change when the keys are rotated. */
  readonly signingKeys: () => readonly Buffer[];
  /** Where forms that may be sent only once are noted. */
  readonly notes: Pick<Notes, 'put' | 'remove'>;
  readonly clock: Clock;
  /** Told of every error that is not the visitor's. */
  readonly report: (error: unknown) => void;
  /** Takes the file of a posted form to a place of its own. @throws ScimError for a form that cannot be read */
  readonly takeUpload: TakeUpload;
  /** Runs before every POST, for limits per address. */
  readonly limit: RequestHandler;
}

/** What is known of a page when it is registered. */
export interface PageRules {
  /** Its place in the navigation. */
  readonly section?: IconName;
  /** The operations that it shows or calls; a person who may call none of them may not see it. */
  readonly operations?: readonly string[];
  /** Asks for a fresh proof of who it is, for what is dangerous. */
  readonly fresh?: boolean;
  /** The form makes something new: the same form sent again, by a double click or the back button, is refused. */
  readonly once?: boolean;
  /** The form sends files: the handler reads the body itself. */
  readonly upload?: boolean;
}

/** Makes the answer to a request. */
export type Handler = (visit: Visit) => ConsoleAnswer | Promise<ConsoleAnswer>;
