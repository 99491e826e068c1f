import type { SendResult } from '../delivery/send-result.ts';

/** One text message. */
export interface TextMessage {
  /** E.164, as `+4915112345678`. */
  readonly to: string;
  readonly text: string;
  /** The delivery's id: the same for every attempt, so that a gateway can refuse to send twice. */
  readonly reference: string;
  readonly tenant: string;
}

/** Where text messages go, and how that place wants to be spoken to. */
export interface SmsGateway {
  readonly url: string;
  readonly secret: string | undefined;
  readonly preset: 'json' | 'twilio';
  /** For the Twilio preset: the number, or the messaging service, that sends. */
  readonly from: string | null;
}

/** PORT: takes one text message to a gateway. Never throws. */
export interface SmsSender {
  send(message: TextMessage): Promise<SendResult>;
}
