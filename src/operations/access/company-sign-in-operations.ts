import type { CompanySignIn } from '../../administrators/oidc/company-sign-in.ts';
import { operation, type Operation } from '../operation.ts';

/** The answer of `getCompanySignIn`. */
export interface CompanySignInView {
  /** What is registered at the provider. */
  readonly redirectUri: string;
  /** Absent where the tenant has none. */
  readonly provider?: { readonly name: string; readonly answers: boolean; readonly fault?: string };
}

/** What administrators see of the sign-in from their company's identity provider. */
export function companySignInOperations(
  company: Pick<CompanySignIn, 'nameOf' | 'redirectUri' | 'check'>,
): Readonly<Record<string, Operation>> {
  return {
    getCompanySignIn: operation(async ({ actor: { tenant } }) => {
      const name = company.nameOf(tenant);
      const redirectUri = company.redirectUri(tenant);
      if (name === undefined) return { body: { redirectUri } satisfies CompanySignInView };
      const fault = await company.check(tenant);
      const provider = { name, answers: fault === undefined, ...(fault === undefined ? {} : { fault: fault.message }) };
      return { body: { redirectUri, provider } satisfies CompanySignInView };
    }),
  };
}
