import { auditEventType } from '../../../history/event-log.ts';
import { ENTRY_COLUMNS } from '../database/entry-row.ts';
import { sql, Sql } from '../database/sql.ts';
import { RECORD_COLUMNS } from './record-row.ts';

/** Which table the resources of a type are in. In statements it is always called `records`. */
export interface ListSource {
  readonly from: Sql;
  /** The columns of a RecordRow. */
  readonly columns: Sql;
  /** True for the rows of a tenant and type. */
  within(tenant: string, type: string): Sql;
}

const resources: ListSource = {
  from: new Sql('records'),
  columns: new Sql(RECORD_COLUMNS),
  within: (tenant, type) => sql`records.tenant = ${tenant} AND records.type = ${type}`,
};

const audit: ListSource = {
  from: new Sql('audit AS records'),
  // An entry is a JSON array of its columns, in place of the resource.
  columns: new Sql(
    `records.tenant, '${auditEventType}', records.id, 1, records.at, records.at, json_array(${ENTRY_COLUMNS}), NULL, NULL`,
  ),
  within: (tenant) => sql`records.tenant = ${tenant}`,
};

/** Where the resources of a type are. */
export function listSourceOf(type: string): ListSource {
  return type === auditEventType ? audit : resources;
}
