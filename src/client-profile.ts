/** The dialect a client speaks; `auto` takes the union and goes by what the request looks like. */
export type ClientProfile = 'auto' | 'entra' | 'okta' | 'strict';
