import type { Reveals } from '../../src/pages/site/keys.ts';
import type { CodeRequest, RevealResult, RightToSee } from '../../src/provisioning/access/password-reveal.ts';
import type { DeadRight } from '../../src/provisioning/access/right-to-set.ts';
import type { GivenProof } from '../../src/provisioning/access/second-proof.ts';
import { person } from './fake-keys.ts';

/** Links to passwords that are worth what a test lays down; remembers every call that changes something. */
export class FakeReveals implements Reveals {
  readonly calls: { readonly name: string; readonly args: readonly string[] }[] = [];
  readonly rights = new Map<string, RightToSee | DeadRight>();
  codeRequest: CodeRequest | undefined;
  result: RevealResult = { outcome: 'shown', person: person(), password: 'Kq7m-x4hd-3fgh', mustChange: true };

  async lookUp(_tenant: string, token: string): Promise<RightToSee | DeadRight> {
    return this.rights.get(token) ?? { state: 'unknown' };
  }

  async requestCode(_tenant: string, token: string, { userName }: Pick<GivenProof, 'userName'>): Promise<CodeRequest> {
    this.calls.push({ name: 'requestCode', args: [token, userName] });
    const right = await this.lookUp(_tenant, token);
    return this.codeRequest ?? (right.state === 'valid' ? { outcome: 'sent', right } : { outcome: 'void', right });
  }

  async reveal(_tenant: string, token: string, { userName, code, employeeNumber }: GivenProof): Promise<RevealResult> {
    this.calls.push({ name: 'reveal', args: [token, userName, code, employeeNumber] });
    return this.result;
  }
}
