import { auditEventType } from '../../../history/event-log.ts';
import { ENTRY_COLUMNS } from '../database/entry-row.ts';
import { sql, Sql } from '../database/sql.ts';
import { packed, packedRecord } from './record-row.ts';

/** Which table the resources of a type are in. In statements it is always called `records`. */
export interface ListSource {
  readonly from: Sql;
  /** An expression for the packed row of a record. */
  readonly row: Sql;
  /** True for the rows of a tenant and type. */
  within(tenant: string, type: string): Sql;
}

const resources: ListSource = {
  from: new Sql('records'),
  row: packedRecord,
  within: (tenant, type) => sql`records.tenant = ${tenant} AND records.type = ${type}`,
};

const audit: ListSource = {
  from: new Sql('audit AS records'),
  // An entry is a JSON array of its columns.
  row: packed(['records.position', `json_array(${ENTRY_COLUMNS})`]),
  within: (tenant) => sql`records.tenant = ${tenant}`,
};

/** Where the resources of a type are. */
export function listSourceOf(type: string): ListSource {
  return type === auditEventType ? audit : resources;
}
