/** `members` of a Group (direct); `groups` of a User (direct and indirect: `type` is `direct` or `indirect`). */
export type Relation = 'members' | 'groups';
