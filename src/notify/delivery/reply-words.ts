/** The words that mail servers, providers and gateways answer with, in their base form. */
const words = new Set(
  `a i s t com net org gsmtp abort about abuse accept acceptable access account action activate active activity
  address addressee admin
  administrator administrative after again agent alias align alignment all allocate allow already also ambiguous
  amount an and anonymous another
  answer any appear application apply are as ask associate at attachment attempt auth authenticate authentication
  author
  authoritative authority authorisation authorise authorization authorize automatic available away back bad badly
  ban bandwidth banner
  bare based basic be because been before begin being below best blacklist block blocked blocklist body both bounce
  bounced boundary break but by bytes can cannot case cause certificate change channel character characters check
  class clear click
  client close code command communicate communication complaint complain complete compliance compliant
  condition conditions configuration configure confirm connect connection contact contain content control convert
  correct could credentials
  credit credits current currently customer daily dangerous data database date day days deactivated deactivate
  decline decode default
  defer delay delegate delete deleted deliver delivery denied deny denial dependency destination detail detect
  device dictionary did different digit
  direct directory disable disabled discard disk do does doesn domain don double drop dropped due during
  dynamic each e eai either email mail e-mail empty enable encounter encrypt encrypted encryption end engine enforce
  enhance enough
  enter entry envelope error established evaluate event exceed exception excessive exchange exist existing expire
  expired expiry
  explain external fail failed failure false fatal feature feedback field file filter final find first fix following
  follow for
  forbidden foreign form format forward forwarding found fraud free frequency frequent frequently friendly from full
  further
  general generic get give given global go good gone gray grey graylist greylist greylisted graylisted group had
  harmful handshake has hash hard harvest have having header hello
  help here hidden high hit hold hop hops host hour hourly hours how however hostname http https id identify
  identity if illegal image immediate in inactive inbound inbox include
  incoming incorrect indicate individual information infect initiate inside instead insufficient internal internet
  interrupt into
  invalid invalidate ip is isn issue it its itself junk just keep key know known last later least left legal length
  less level like likely limit limitation
  line link list listed literal load local lock log logged login long longer look lookup loop lost low lower machine
  made mailbox
  mailer mailing main make malformed malicious malware management manager mandatory many map match maximum may
  mechanism media member memory
  message method minute minutes missing mode moderate more most move moved much multiple must name near need negative
  network never new newly next no node non none nonexistent nonexistant normal not note notice notification notify
  now null number of off offer often old on once one
  only open operation or order organisation organization origin originate other our out outbound outgoing outside
  over own owner page
  parameter parse part party pass password path pattern pause paused payment pending per permanent permanently
  permission permit permitted person phish
  phishing physical place plain plan please point policy policies poor port possible post postmaster potential
  practice prevent
  previous prior private problem process processing profile prohibit prohibited protect protection protocol provide
  provider provision proxy public quarantine query
  queue quickly quit quota range rate reach read reason receive recent recently recipient recipients reconnect
  record recognise recognize redirect reduce refer refuse refused
  register registration regulation regular reject rejected relate relative relay relayed relaying release remote
  remove replace reply report reputation request require required
  requirement resend reserve reset resolution resolve resolver resource respond response restrict restricted
  restriction result retry return reverse review
  right risk robot route routing rule run running said same sandbox save say scan scanner score second secure
  security see seem seen
  send sender sending sent sequence server service session set setting several should sign signature signing sign-in
  similar simple since
  site size slow small so soft software some something sort source space spam spamming spammer specific specify
  specified spoof spool standard start state status step still stop
  storage store stored string strong subject submission submit submitted subnet subscribe subscription subsystem
  success such support suppress suppressed suppression sure suspect
  suspend suspended suspension suspicious syntax system table take taken team temporarily temporary tenant terminate
  terms test text than that the their them then
  there these they thing third this those though thread threat threshold throttle throttled throttling through time
  timed timeout times to
  today together too total traffic transaction transfer transient transmission transport trial true trust trusted
  try tries trying type unable unacceptable
  unauthenticated unauthorised unauthorized unavailable undelivered undeliverable undetermined unexpected
  unfortunately unique unknown unless unreachable unrecognised
  unrecognized unregistered unresolvable unroutable unrouteable unsigned unsolicited unsubscribe unsupported until
  unusable unusual unverified up upgrade upstream
  usage use used user users using valid validate validation value verification verified verify version very via
  victim violate violation virus visit wait
  want warning was we wasn weak web were what when where whether which while who why will with within without word
  work
  would write wrong year yet you your yourself zero zone didn couldn won aren
  smtp smtps esmtp lmtp rcpt starttls tls ssl dns dnsbl rbl dnssec spf dkim dmarc arc dane ptr mx ns txt ndr dsn rfc
  utf ses aws sns imap
  ehlo helo rset noop vrfy expn lhlo xoauth sasl cname fqdn ipv asn ascii mime url urls uri uribl surbl ttl nxdomain
  servfail nullmx
  gmail google yahoo outlook microsoft office hotmail apple icloud amazon sendgrid postmark mailgun mimecast
  proofpoint postfix exim qmail sendmail
  barracuda spamhaus spamcop sorbs cloudmark zen sbl xbl pbl css dbl ok hi failure blocked
  recipnotfound adr exrecipnotfound rst authrequired notauthorized storedrv dsnstatus
  quotaexceeded hop resolver smtpsend ambiguous tenantattribution
  transient permanent undetermined general noemail suppressed mailboxfull messagetoolarge contentrejected
  attachmentrejected
  hardbounce softbounce spamcomplaint spamnotification bademailaddress manuallydeactivated dnserror
  mailbox's user's recipient's sender's domain's host's message's address's customer's server's provider's
  organization's
  accepted queued quoting delivered complained bounces spamreport deferred processed opt expected undo reported
  blocking bound unsafe
  sorry wish welcome hereby afraid regards able works permfail tempfail`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

const endings = [/s$/, /es$/, /ed$/, /d$/, /ing$/, /ly$/, /ned$/, /ted$/, /led$/, /red$/, /ies$/, /ting$/, /ling$/];

/** @param word letters only; in any case, also two or more run together as in `SendAsDenied` */
export function isReplyWord(word: string): boolean {
  const lower = word.toLowerCase();
  if (words.has(lower) || endings.some((ending) => words.has(lower.replace(ending, '')))) return true;
  if (lower.endsWith('ies') && words.has(`${lower.slice(0, -3)}y`)) return true;
  if (lower.endsWith('ing') && words.has(`${lower.slice(0, -3)}e`)) return true;
  const humps = word.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  return humps.length > 1 && humps.join('') === word && humps.every((hump) => isReplyWord(hump));
}
