/** What a server does to one person's mail before it takes it. */
export interface SmtpAnswer {
  readonly at: 'rcptTo' | 'data' | 'afterData';
  /** A reply, with `{placeholders}` for what the mail carried; or a cut. */
  readonly says: string;
  /** How often before it takes the mail; default 1. A second time it says so at RCPT, where that is a reply. */
  readonly times?: number;
  /** The answer is about this person or this message: the user is `failed` until somebody queues it again. */
  readonly final?: true;
}

const quota = { times: 2 } as const;

/** Sixty ways not to take a mail. The placeholders are those of `quote`. */
export const smtpAnswers: readonly SmtpAnswer[] = [
  // Quotes.
  { at: 'afterData', says: '554 5.7.1 Message blocked: URL {link} is on our list', final: true },
  { at: 'afterData', says: '550 5.7.1 Content rejected: {secret}', final: true },
  { at: 'afterData', says: '554 5.7.1 Phishing suspected in [{base64}]', final: true },
  { at: 'afterData', says: '554 5.6.0 Malformed content near "{quoted}"', final: true },
  { at: 'afterData', says: '451 4.7.1 Greylisted, see {link}', times: 2 },
  { at: 'afterData', says: '451 4.3.0 could not queue {quoted}', times: 2 },
  { at: 'afterData', says: "452 4.2.2 over quota while storing 'Password: {secret}'", times: 2 },
  { at: 'afterData', says: '421 4.7.0 try again later ({upper})', times: 2 },
  { at: 'afterData', says: '451 4.3.5 {spaced}', times: 2 },
  { at: 'afterData', says: '454 4.7.0 <{half}> <{otherHalf}>', times: 2 },
  { at: 'afterData', says: '451 4.3.0 {filler}{secret}', times: 2 },
  { at: 'afterData', says: '550 5.7.26 DMARC failure of a message with {html}', times: 2 },
  { at: 'afterData', says: '550 5.4.5 Daily user sending quota exceeded, last message: {secret}', times: 2 },
  { at: 'afterData', says: '554 Message rejected: Sending suspended for this account. ({percent})', times: 2 },
  { at: 'afterData', says: '554 5.7.1 Client host blocked using zen.spamhaus.org; {defanged}', times: 2 },
  // Throttles.
  { at: 'rcptTo', says: '450 4.7.1 Error: too much mail from 192.0.2.7', ...quota },
  {
    at: 'afterData',
    says: '421 4.7.28 An unusual rate of mail: your IP address is temporarily rate limited',
    ...quota,
  },
  { at: 'rcptTo', says: '451 4.7.500 Server busy. Please try again later', ...quota },
  { at: 'rcptTo', says: '452 4.5.3 Error: too many recipients', ...quota },
  {
    at: 'afterData',
    says: '550 Domain latchkey.example has exceeded the max emails per hour (201/200 (100%)) allowed.',
    ...quota,
  },
  { at: 'rcptTo', says: '550 Domain frequency limited. https://service.mail.example/detail/122/1003', ...quota },
  { at: 'data', says: '454 Throttling failure: Maximum sending rate exceeded.', ...quota },
  { at: 'afterData', says: '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded', ...quota },
  { at: 'rcptTo', says: '421 Rate limit reached. Please try again later', ...quota },
  {
    at: 'afterData',
    says: '451 4.4.2 Message submission rate for this client has exceeded the configured limit',
    ...quota,
  },
  // Our own account.
  {
    at: 'afterData',
    says: '554 5.2.252 SendAsDenied; keys@latchkey.example not allowed to send as hr@latchkey.example',
  },
  { at: 'afterData', says: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' },
  {
    at: 'afterData',
    says: '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1',
  },
  { at: 'rcptTo', says: '554 5.7.1 Relay access denied' },
  {
    at: 'afterData',
    says: '550 5.7.515 Access denied, sending domain latchkey.example does not meet the required authentication level',
  },
  { at: 'rcptTo', says: '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP' },
  { at: 'rcptTo', says: '550 5.1.8 Access denied, bad outbound sender' },
  {
    at: 'afterData',
    says: '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message',
  },
  {
    at: 'rcptTo',
    says: "550 5.7.232 Your message can't be sent because your trial tenant has exceeded its daily limit",
  },
  {
    at: 'afterData',
    says: '421 Domain sandbox.example is not allowed to send: Free accounts are for test purposes only',
  },
  { at: 'rcptTo', says: '550 5.4.6 Unusual sending activity detected. Please try after sometime' },
  { at: 'afterData', says: '501 Mail from address must be same as authorization user.' },
  { at: 'rcptTo', says: '554 IP=192.0.2.7 - A problem occurred. (Ask your postmaster for help to clarify.) (BL)' },
  { at: 'afterData', says: '552 5.2.0 Message would take you over your relay quota of 500. Current quota used: 487' },
  { at: 'afterData', says: '535 5.7.8 Authentication failed: AUTH PLAIN AGxhdGNoa2V5AHJpZ2h0 {secret}' },
  // Cuts.
  { at: 'rcptTo', says: 'hangUp' },
  { at: 'data', says: 'hangUp' },
  { at: 'afterData', says: 'hangUp' },
  { at: 'afterData', says: 'hangUp', times: 2 },
  { at: 'afterData', says: 'takeAndHangUp' },
  { at: 'afterData', says: 'takeAndHangUp' },
  { at: 'afterData', says: 'takeAndHangUp' },
  { at: 'afterData', says: 'takeAndHangUp' },
  { at: 'afterData', says: 'takeAndHangUp', times: 2 },
  { at: 'afterData', says: 'takeAndHangUp', times: 2 },
  // The person's own mailbox, and servers that are busy with themselves.
  { at: 'rcptTo', says: '550 5.1.1 Recipient address rejected: User unknown', final: true },
  { at: 'rcptTo', says: '552 5.2.2 Mailbox full', final: true },
  { at: 'rcptTo', says: '550 5.2.1 The email account that you tried to reach is disabled', final: true },
  { at: 'rcptTo', says: '550 5.4.1 Recipient address rejected: Access denied', final: true },
  { at: 'rcptTo', says: '553 5.1.3 Bad recipient address syntax', final: true },
  { at: 'rcptTo', says: '450 4.2.1 The mailbox is unavailable for the moment', times: 2 },
  { at: 'data', says: '451 4.3.2 System not accepting network messages', times: 2 },
  { at: 'rcptTo', says: '503 5.5.1 Bad sequence of commands' },
  { at: 'rcptTo', says: '450 4.2.0 Recipient address rejected: Greylisted', times: 2 },
  { at: 'afterData', says: '451 4.7.1 Service unavailable - try again later' },
];

/** What a server quotes of a mail, in the place of each placeholder. */
export function quote(says: string, { secret, link }: { readonly secret: string; readonly link: string }): string {
  const shown = link === '' ? secret : link;
  const values: Readonly<Record<string, string>> = {
    secret,
    link: shown,
    base64: Buffer.from(`Key: ${secret}`).toString('base64'),
    quoted: shown.replace(/=/g, '=3D').replace(/(.{30})/g, '$1=\n'),
    upper: secret.toUpperCase(),
    spaced: [...secret].join(' '),
    half: secret.slice(0, secret.length / 2),
    otherHalf: secret.slice(secret.length / 2),
    filler: 'the queue is not writable '.repeat(20),
    html: shown.replace(/[&=?./:-]/g, (char) => `&#${char.charCodeAt(0)};`),
    percent: encodeURIComponent(shown),
    defanged: shown.replace('http', 'hxxp').replace(/\./g, '[.]'),
  };
  return says.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole).replace(/\s+/g, ' ');
}
