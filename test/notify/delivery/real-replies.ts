import type { ReplyMeaning } from '../../../src/notify/delivery/reply-rule.ts';

/** Replies as servers send them, hosts and addresses changed, with what each means. */
export const realReplies: readonly (readonly [host: string, means: ReplyMeaning, reply: string])[] = [
  // Microsoft 365, Exchange Online and Outlook.com
  [
    'Microsoft 365',
    'noMailbox',
    '550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5EUR01FT011.eop-eur01.prod.protection.outlook.com 2026-01-12T09:14:11.301Z 08DE51]',
  ],
  [
    'Microsoft 365',
    'noMailbox',
    '550 5.4.1 [ines@contoso.example]: Recipient address rejected: Access denied [VE1EUR01FT045.eop-EUR01.prod.protection.outlook.com]',
  ],
  [
    'Microsoft 365',
    'noMailbox',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ines@contoso.example not found by SMTP address lookup',
  ],
  ['Microsoft 365', 'noMailbox', '550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found'],
  [
    'Microsoft 365',
    'full',
    '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message due to a permanent exception',
  ],
  [
    'Microsoft 365',
    'account',
    "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message due to a permanent exception with message The message can't be submitted because the sender's submission quota was exceeded. 16.55847:19B70000",
  ],
  [
    'Microsoft 365',
    'account',
    '554 5.2.252 SendAsDenied; hr@contoso.example not allowed to send as keys@contoso.example; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied',
  ],
  ['Microsoft 365', 'account', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'],
  [
    'Microsoft 365',
    'account',
    '530 5.7.57 Client not authenticated to send mail. [FR0P281CA0060.DEUP281.PROD.OUTLOOK.COM]',
  ],
  [
    'Microsoft 365',
    'account',
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.',
  ],
  ['Microsoft 365', 'account', '550 5.7.30 Basic authentication is not supported for Client Submission.'],
  [
    'Microsoft 365',
    'account',
    '550 5.7.64 TenantAttribution; Relay Access Denied [AM5EUR02FT012.eop-EUR02.prod.protection.outlook.com]',
  ],
  [
    'Microsoft 365',
    'account',
    '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP. For more information please go to https://go.microsoft.com/fwlink/?LinkId=526653',
  ],
  ['Microsoft 365', 'account', '550 5.7.705 Service unavailable. Access denied, tenant has exceeded threshold.'],
  ['Microsoft 365', 'account', '550 5.1.8 Access denied, bad outbound sender AS(42003)'],
  [
    'Microsoft 365',
    'account',
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
  ],
  [
    'Microsoft 365',
    'account',
    "550 5.7.232 Your message can't be sent because your trial tenant has exceeded its daily limit for sending email to external recipients (tenant external recipient rate limit).",
  ],
  [
    'Microsoft 365',
    'account',
    '550 5.7.509 Access denied, sending domain contoso.example does not pass DMARC verification and has a DMARC policy of reject.',
  ],
  [
    'Outlook.com',
    'account',
    "550 5.7.515 Access denied, sending domain contoso.example doesn't meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements defined for the sender.",
  ],
  [
    'Microsoft 365',
    'account',
    '550 5.7.606 Access denied, banned sending IP [192.0.2.10]. To request removal from this list please visit https://sender.office.com/',
  ],
  [
    'Microsoft 365',
    'account',
    '550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains.',
  ],
  ['Microsoft 365', 'message', '550 5.7.1 Message rejected as spam by Content Filtering.'],
  [
    'Microsoft 365',
    'message',
    '550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to deliver to this recipient. RecipientRestricted',
  ],
  ['Microsoft 365', 'dead', '550 5.4.310 DNS domain contoso.example does not exist [Message=InfoDomainNonexistent]'],
  [
    'Microsoft 365',
    'rate',
    '451 4.7.500 Server busy. Please try again later from [192.0.2.10]. (S77719) Too many connections from this IP',
  ],
  [
    'Outlook.com',
    'account',
    "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
  ],
  [
    'Outlook.com',
    'noMailbox',
    '550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [VI1EUR04FT046.eop-eur04.prod.protection.outlook.com]',
  ],

  // Exchange on premises
  ['Exchange', 'noMailbox', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'],
  ['Exchange', 'noMailbox', '550 5.1.1 User unknown'],
  ['Exchange', 'account', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain'],
  ['Exchange', 'account', '550 5.7.1 Unable to relay'],
  ['Exchange', 'account', '530 5.7.1 Client was not authenticated'],
  ['Exchange', 'account', '550 5.7.1 Client does not have permissions to send as this sender'],
  ['Exchange', 'message', '552 5.3.4 Message size exceeds fixed maximum message size'],
  [
    'Exchange',
    'message',
    '550 5.7.1 RESOLVER.RST.AuthRequired; authentication required for recipient [restricted group]',
  ],

  // Gmail and Google Workspace
  [
    'Gmail',
    'noMailbox',
    "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 double-checking the recipient's email address for typos or\n550-5.1.1 unnecessary spaces. For more information, go to\n550 5.1.1  https://support.google.com/mail/?p=NoSuchUser a640c23a62f3a-ab2c9635f8esi1052 - gsmtp",
  ],
  [
    'Gmail',
    'noMailbox',
    '550 5.2.1 The email account that you tried to reach is inactive. For more information, go to https://support.google.com/mail/?p=DisabledUser a1-20020a05 - gsmtp',
  ],
  [
    'Gmail',
    'noMailbox',
    '550 5.2.1 The email account that you tried to reach is disabled. Learn more at https://support.google.com/mail/?p=DisabledUser',
  ],
  [
    'Gmail',
    'full',
    "552 5.2.2 The recipient's inbox is out of storage space and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm",
  ],
  [
    'Gmail',
    'full',
    '452 4.2.2 The email account that you tried to reach is over quota. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaTemp',
  ],
  [
    'Gmail',
    'full',
    '550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.',
  ],
  [
    'Gmail',
    'full',
    '450 4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend your message at a later time.',
  ],
  [
    'Gmail',
    'account',
    '550-5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to\n550 5.4.5  https://support.google.com/a/answer/166852 - gsmtp',
  ],
  [
    'Google Workspace',
    'account',
    '550 5.7.1 Daily SMTP relay limit exceeded for customer. For more information on SMTP relay sending limits please contact your administrator.',
  ],
  [
    'Google Workspace',
    'account',
    '550 5.7.0 Mail relay denied [192.0.2.10]. Invalid credentials for relay for one of the domains in: contoso.example',
  ],
  [
    'Gmail',
    'account',
    '550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.',
  ],
  [
    'Gmail',
    'account',
    "550-5.7.26 Unauthenticated email from contoso.example is not accepted due to domain's DMARC policy.",
  ],
  [
    'Gmail',
    'account',
    '550-5.7.25 The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not point to the sending IP.',
  ],
  [
    'Gmail',
    'account',
    '550-5.7.1 [192.0.2.10      19] Our system has detected that this message is\n550-5.7.1 likely suspicious due to the very low reputation of the sending IP address.',
  ],
  [
    'Gmail',
    'account',
    '535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials - gsmtp',
  ],
  [
    'Gmail',
    'account',
    '534-5.7.9 Application-specific password required. Learn more at\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor - gsmtp',
  ],
  [
    'Gmail',
    'message',
    '550-5.7.1 [192.0.2.10] Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked.',
  ],
  [
    'Gmail',
    'message',
    '552-5.7.0 This message was blocked because its content presents a potential security issue. Please visit https://support.google.com/mail/?p=BlockedMessage',
  ],
  [
    'Gmail',
    'rate',
    '421-4.7.28 Gmail has detected an unusual rate of mail. To protect our users from spam, mail has been temporarily rate limited.',
  ],

  // Yahoo and AOL
  [
    'Yahoo',
    'noMailbox',
    "554 delivery error: dd This user doesn't have a yahoo.com account (ines@yahoo.example) [0] - mta1234.mail.bf1.yahoo.com",
  ],
  ['Yahoo', 'noMailbox', '552 1 Requested mail action aborted, mailbox not found'],
  [
    'Yahoo',
    'noMailbox',
    '554 30 Sorry, your message to ines@yahoo.example cannot be delivered. This mailbox is disabled (554.30).',
  ],
  [
    'Yahoo',
    'account',
    "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.10, because the ip is in Spamhaus's list; see https://postmaster.yahooinc.com/error-codes",
  ],
  [
    'Yahoo',
    'rate',
    '421 4.7.0 [TSS04] Messages from 192.0.2.10 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; rate limited',
  ],
  [
    'Yahoo',
    'account',
    '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes DMARC',
  ],
  [
    'Yahoo',
    'message',
    '554 Message not allowed - [PH01] Email not accepted for policy reasons. Please visit https://postmaster.yahooinc.com/error-codes',
  ],

  // Postfix
  [
    'Postfix',
    'noMailbox',
    '550 5.1.1 <ines@harbour.example>: Recipient address rejected: User unknown in local recipient table',
  ],
  [
    'Postfix',
    'noMailbox',
    '550 5.1.1 <ines@harbour.example>: Recipient address rejected: User unknown in virtual mailbox table',
  ],
  [
    'Postfix',
    'noMailbox',
    '550 5.1.1 <ines@harbour.example>: Recipient address rejected: undeliverable address: host mx.harbour.example said: 550 No such user',
  ],
  ['Postfix', 'account', '554 5.7.1 <ines@harbour.example>: Relay access denied'],
  ['Postfix', 'account', '553 5.7.1 <keys@mail.example>: Sender address rejected: not owned by user hr'],
  ['Postfix', 'account', '550 5.1.8 <keys@mail.example>: Sender address rejected: Domain not found'],
  [
    'Postfix',
    'account',
    '554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.10',
  ],
  ['Postfix', 'account', '450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.10]'],
  ['Postfix', 'account', '504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname'],
  [
    'Postfix',
    'dead',
    '550 5.4.4 Host or domain name not found. Name service error for name=nowhere.example type=AAAA: Host not found',
  ],
  ['Postfix', 'message', '552 5.3.4 Message size exceeds fixed limit'],
  ['Postfix', 'message', '550 5.7.1 Message content rejected, id=12345-06 - spam'],
  [
    'Postfix',
    'message',
    '450 4.2.0 <ines@harbour.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/harbour.example.html',
  ],
  ['Postfix', 'rate', '450 4.7.1 Error: too much mail from 192.0.2.10'],
  ['Postfix', 'message', '554 5.4.6 Too many hops'],

  // Exim
  ['Exim', 'noMailbox', '550 Unrouteable address'],
  ['Exim', 'noMailbox', '550 No Such User Here'],
  ['Exim', 'noMailbox', '550 No such user here'],
  ['Exim', 'noMailbox', '550 Unknown user'],
  ['Exim', 'account', '550 relay not permitted'],
  [
    'Exim',
    'account',
    '550-Verification failed for <keys@mail.example>\n550-No Such User Here\n550 Sender verify failed',
  ],
  [
    'Exim',
    'account',
    '550 Please turn on SMTP Authentication in your mail client. mail.example is not permitted to relay through this server without authentication.',
  ],
  ['Exim', 'full', '552 Mailbox is full / mailbox over quota'],
  ['Exim', 'full', '550 Mailbox quota exceeded'],
  [
    'Exim',
    'account',
    '550 JunkMail rejected - mail.example [192.0.2.10] is in an RBL: https://www.spamhaus.org/query/ip/192.0.2.10',
  ],
  ['Exim', 'message', '550 This message was classified as SPAM and may not be delivered'],

  // qmail
  ['qmail', 'noMailbox', '550 sorry, no mailbox here by that name. (#5.1.1)'],
  ['qmail', 'noMailbox', '550 sorry, no mailbox here by that name (#5.7.17)'],
  ['qmail', 'account', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"],
  ['qmail', 'dead', "Sorry, I couldn't find any host named nowhere.example. (#5.1.2)"],
  ['qmail', 'full', 'user is over quota (#5.2.2)'],
  ['qmail', 'unclear', "I'm not going to try again; this message has been in the queue too long."],

  // Sendmail
  ['Sendmail', 'noMailbox', '550 5.1.1 <ines@harbour.example>... User unknown'],
  [
    'Sendmail',
    'dead',
    '550 5.1.2 <ines@nowhere.example>... Host unknown (Name server: nowhere.example: host not found)',
  ],
  ['Sendmail', 'account', '550 5.7.1 <ines@harbour.example>... Relaying denied. Proper authentication required.'],
  [
    'Sendmail',
    'account',
    '553 5.1.8 <keys@nowhere.example>... Domain of sender address keys@nowhere.example does not exist',
  ],
  ['Sendmail', 'full', '552 5.2.2 <ines@harbour.example>... Mailbox full'],

  // Amazon SES
  [
    'SES',
    'account',
    '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: keys@mail.example',
  ],
  [
    'SES',
    'account',
    '554 Sending suspended for this account. For more information, please check the inbox of the email address associated with your AWS account.',
  ],
  [
    'SES',
    'account',
    '554 Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account.',
  ],
  ['SES', 'account', '454 Throttling failure: Daily message quota exceeded.'],
  ['SES', 'rate', '454 Throttling failure: Maximum sending rate exceeded.'],
  [
    'SES',
    'account',
    "554 Access denied: User `arn:aws:iam::123456789012:user/ses' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:123456789012:identity/mail.example'",
  ],
  ['SES', 'account', '535 Authentication Credentials Invalid'],

  // SendGrid
  [
    'SendGrid',
    'account',
    '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
  ],
  ['SendGrid', 'account', '550 5.7.1 Unauthenticated senders not allowed'],
  ['SendGrid', 'account', '451 Authentication failed: Maximum credits exceeded'],
  ['SendGrid', 'dead', 'dropped: Bounced Address'],

  // Mailgun
  ['Mailgun', 'account', '550 5.7.1 Relaying denied'],
  [
    'Mailgun',
    'account',
    '421 Domain mail.example is not allowed to send: Sandbox subdomains are for test purposes only. Please add your own domain or add the address to authorized recipients in Account Settings.',
  ],
  [
    'Mailgun',
    'account',
    '550 5.7.1 Domain mail.example is not allowed to send: Your account is disabled. Please contact support',
  ],
  ['Mailgun', 'dead', '605 Not delivering to previously bounced address'],

  // Postmark
  [
    'Postmark',
    'account',
    "550 5.7.1 The 'From' address you supplied (keys@mail.example) is not a Sender Signature on your account.",
  ],
  ['Postmark', 'dead', '550 5.7.1 You tried to send to recipients that have been marked as inactive.'],
  [
    'Postmark',
    'account',
    '550 5.7.1 While your account is pending approval, all recipient addresses must share the same domain as the From address.',
  ],

  // Proofpoint
  ['Proofpoint', 'account', '554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.10'],
  ['Proofpoint', 'noMailbox', '550 5.1.1 <ines@harbour.example>... User unknown'],
  ['Proofpoint', 'message', '550 5.7.0 Local Policy Violation'],
  ['Proofpoint', 'noMailbox', '550 5.1.1 Recipient address rejected: cuda_nsu'],

  // Mimecast
  [
    'Mimecast',
    'noMailbox',
    '550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [abcDEFghiJKL_1]',
  ],
  [
    'Mimecast',
    'account',
    '554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554 SPF Sender Invalid - envelope rejected',
  ],
  [
    'Mimecast',
    'message',
    '554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554',
  ],
  ['Mimecast', 'message', '550 Administrative prohibition - envelope blocked'],
  ['Mimecast', 'account', '550 csi.mimecast.org Poor Reputation Sender'],

  // Others
  ['GMX', 'noMailbox', '550 Requested action not taken: mailbox unavailable'],
  [
    'GMX',
    'account',
    '554 Transaction failed Reject due to policy restrictions. For explanation visit https://postmaster.gmx.net/en/case?c=hi&i=ip&v=192.0.2.10: bad reputation',
  ],
  ['iCloud', 'noMailbox', '550 5.1.1 <ines@icloud.example>: user does not exist'],
  ['iCloud', 'full', '552 5.2.2 <ines@icloud.example>: user is over quota (in reply to RCPT TO command)'],
  ['Zoho', 'account', '550 5.4.6 Unusual sending activity detected. Please try after sometime'],
  [
    'Strato',
    'account',
    '550 5.7.1 Refused by local policy. Sending of SPAM is not permitted! Your account has been blocked for sending',
  ],
  [
    'T-Online',
    'account',
    '554 IP=192.0.2.10 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.)',
  ],
  ['a filter', 'message', '554 5.7.1 blocked URL: https://keys.example/set-password'],
  ['anyone', 'unclear', '554 Transaction failed'],
  ['anyone', 'unclear', '550 5.0.0 Command rejected'],
  ['anyone', 'message', '550 5.7.1 Delivery not authorized, message refused'],
  // Hosts that tell of the sender's own account in plain words.
  ['a hosting panel', 'account', '550 Mail quota exceeded for account'],
  ['a hosting panel', 'account', '550 5.7.1 quota exceeded for sender'],
  ['a hosting panel', 'account', '552 5.2.2 Quota has been exceeded for the sender'],
  ['a hosting panel', 'account', '554 5.7.1 account has been disabled, contact your provider'],
  ['a hosting panel', 'account', '554 Account disabled due to abuse'],
  ['a hosting panel', 'account', '550 Mailbox for … is full, cannot send'],
  ['a hosting panel', 'account', '402 Payment required'],
  ['a mailbox host', 'full', "552 5.2.2 The recipient's mailbox is full, cannot send to it now"],
];
