import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const userIsPresent = 0x01;
const userIsVerified = 0x04;
const holdsKey = 0x40;

/** An authenticator of WebAuthn in a few lines: makes a passkey and proves with it, as a browser would on a site. */
export class SoftwarePasskey {
  readonly id = randomBytes(16);
  counter = 0;
  /** False: the device does not ask for finger, face or PIN. */
  verifies = true;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The answer to `navigator.credentials.create`, as JSON. */
  create({ challenge, rp }: { readonly challenge: string; readonly rp: { readonly id?: string } }): string {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ]);
    const held = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, key]);
    const data = Buffer.concat([this.#head(rp.id ?? '', holdsKey), held]);
    const attestation = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
      Buffer.from([data.length]),
      data,
    ]);
    const clientDataJSON = this.#clientData('webauthn.create', challenge).toString('base64url');
    return this.#answer({
      clientDataJSON,
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** The answer to `navigator.credentials.get`, as JSON. */
  get({ challenge, rpId = '' }: { readonly challenge: string; readonly rpId?: string }): string {
    this.counter += 1;
    const data = this.#head(rpId, 0);
    const client = this.#clientData('webauthn.get', challenge);
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', signed, this.#keys.privateKey).toString('base64url'),
    });
  }

  #head(site: string, more: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    const flags = userIsPresent | (this.verifies ? userIsVerified : 0) | more;
    return Buffer.concat([createHash('sha256').update(site).digest(), Buffer.from([flags]), counter]);
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }));
  }

  #answer(response: object): string {
    const id = this.id.toString('base64url');
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  }
}
