/** SCIM calls a second that a client may make where nothing else is set. */
export const usualLimit = 50;

/** The lowest limit there may be: Entra ID calls 25 times a second. */
export const slowestLimit = 25;
