import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { commandOf } from './command.ts';
import { refusalBody, unconfirmedBody } from './fault.ts';
import type { Fault } from './fault.ts';
import type { FaultPlan } from './fault-plan.ts';
import { encodeAnswer, MessageReader } from './wire-message.ts';
import type { WireMessage } from './wire-message.ts';

/** One connection of a driver, carried on to the server message by message. */
export class FaultyConnection {
  readonly #driver: Socket;
  readonly #server: Socket;
  readonly #plan: FaultPlan;
  /** Faults that the answers to these requests are to meet. */
  readonly #answers = new Map<number, Fault>();

  constructor(driver: Socket, server: { readonly host: string; readonly port: number }, plan: FaultPlan) {
    this.#driver = driver;
    this.#server = connect(server);
    this.#plan = plan;
    for (const socket of [this.#driver, this.#server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.break()).on('close', () => this.break());
    }
    const requests = new MessageReader();
    const answers = new MessageReader();
    this.#driver.on('data', (bytes) => {
      for (const request of requests.read(bytes)) this.#request(request);
    });
    this.#server.on('data', (bytes) => {
      for (const answer of answers.read(bytes)) this.#answer(answer);
    });
  }

  /** Breaks the connection on both sides; bytes under way to the server still arrive. */
  break(): void {
    this.#driver.destroy();
    this.#server.destroySoon();
  }

  #request(request: WireMessage): void {
    const command = commandOf(request);
    const fault = command && this.#plan.faultOf(command);
    if (!fault) return void this.#server.write(request.bytes);
    switch (fault.kind) {
      case 'cut before':
        this.break();
        return;
      case 'cut request':
        this.#server.write(request.bytes.subarray(0, request.bytes.length / 2));
        this.break();
        return;
      case 'refuse':
        this.#driver.write(encodeAnswer(request.requestId, refusalBody(fault)));
        return;
      case 'swallow':
        return;
      case 'delay':
        setTimeout(() => {
          if (this.#server.writable) this.#server.write(request.bytes);
        }, fault.ms);
        return;
      default:
        this.#answers.set(request.requestId, fault);
        this.#server.write(request.bytes);
    }
  }

  #answer(answer: WireMessage): void {
    const fault = this.#answers.get(answer.responseTo);
    this.#answers.delete(answer.responseTo);
    if (this.#driver.destroyed) return;
    switch (fault?.kind) {
      case 'cut after':
        this.break();
        return;
      case 'cut answer':
        this.#driver.write(answer.bytes.subarray(0, answer.bytes.length / 2));
        this.#driver.destroySoon();
        this.#server.destroy();
        return;
      case 'unconfirmed':
        this.#driver.write(encodeAnswer(answer.responseTo, unconfirmedBody(answer.body ?? {}, fault)));
        return;
      case 'swallow answer':
        return;
      default:
        this.#driver.write(answer.bytes);
    }
  }
}
