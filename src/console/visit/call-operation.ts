import type { Actor } from '../../domain/actor.ts';
import { everyTenantRight, type Rights } from '../../domain/client.ts';
import { nameCaller } from '../../domain/present-call.ts';
import type { ApiDocument } from '../../operations/api-document.ts';
import type { Answer, AnswerFile, Operation } from '../../operations/operation.ts';
import { isJsonObject, type Json } from '../../base/json.ts';
import type { Role } from '../../domain/role.ts';
import { ScimError } from '../../scim/model/scim-error.ts';

/** What an operation is called with; all of it is checked as over HTTP. */
export interface OperationInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly body?: Json;
  /** A file that was sent, for operations that take one. */
  readonly file?: { readonly name: string | undefined; readonly path: string };
}

/** Who calls. */
export interface ConsoleCaller {
  readonly tenant: string;
  readonly requestId: string;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Runs the installation. */
  readonly operator?: boolean;
}

/** 403: the person's role does not allow an operation. */
export class RoleForbidsError extends ScimError {
  constructor(operation: string, role: Role) {
    super(403, undefined, `The role ${role} does not allow ${operation}.`);
  }
}

/** Every right in a tenant and the operator's. */
const operatorRight: Rights = { ...everyTenantRight, scopes: [...everyTenantRight.scopes, 'operator'] };

/** Calls operations for people: the document's roles, schemas and defaults hold for them as for clients. */
export class OperationCaller {
  readonly #document: ApiDocument;
  readonly #operations: Readonly<Record<string, Operation>>;

  /** @param operations by `operationId` */
  constructor(document: ApiDocument, operations: Readonly<Record<string, Operation>>) {
    this.#document = document;
    this.#operations = operations;
  }

  /**
   * Whether a person may call an operation; false where there is none such. The operator's are the operator's alone.
   */
  may(id: string, { role, operator = false }: Pick<ConsoleCaller, 'role' | 'operator'>): boolean {
    if (this.#operations[id] === undefined) return false;
    const { roles, scope } = this.#document.operation(id);
    return roles.includes(role) && (scope !== 'operator' || operator);
  }

  /**
   * Calls an operation and answers its view object.
   * @throws RoleForbidsError, and what the operation throws
   */
  async call(id: string, caller: ConsoleCaller, input: OperationInput): Promise<unknown> {
    return (await this.#answer(id, caller, input)).body;
  }

  /**
   * Calls an operation that answers a file.
   * @throws RoleForbidsError, and what the operation throws
   */
  async file(id: string, caller: ConsoleCaller, input: OperationInput): Promise<AnswerFile> {
    const { file } = await this.#answer(id, caller, input);
    if (file === undefined) throw new Error(`the operation ${id} answers no file`);
    return file;
  }

  async #answer(id: string, caller: ConsoleCaller, input: OperationInput): Promise<Answer> {
    const { params = {}, query = {}, body, file } = input;
    const documented = this.#document.operation(id);
    const act = this.#operations[id];
    if (act === undefined) throw new Error(`there is no implementation of the operation ${id}`);
    if (!documented.roles.includes(caller.role)) throw new RoleForbidsError(id, caller.role);
    const { tenant, requestId } = caller;
    const actor: Actor = { kind: 'administrator', id: caller.id, name: caller.name };
    nameCaller(actor);
    return act({
      actor: {
        tenant,
        client: caller.name,
        requestId,
        actor,
        role: caller.role,
        rights: caller.operator === true ? operatorRight : everyTenantRight,
      },
      id: params['id'] ?? '',
      params,
      query: documented.readQuery(searchOf(query)),
      body: file === undefined ? documented.readBody(isJsonObject(body) ? body : undefined) : undefined,
      ...(file === undefined ? {} : { file }),
    });
  }
}

function searchOf(query: Required<OperationInput>['query']): URLSearchParams {
  return new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === ''
        ? []
        : [[name, Array.isArray(value) ? value.join(',') : String(value)] as [string, string]],
    ),
  );
}
