import { mongo } from 'mongoose';

const { BSON } = mongo;

/** A document as it goes over the wire. */
export type WireDocument = Readonly<Record<string, unknown>>;

/**
 * One message of MongoDB's wire protocol: sixteen bytes of header (length, id, id of the request answered, kind),
 * then the content.
 */
export interface WireMessage {
  readonly bytes: Buffer;
  readonly requestId: number;
  /** The request that this message answers; 0 in a request. */
  readonly responseTo: number;
  /**
   * The document of an OP_MSG, the batches of its further sections joined to it; undefined for the older kinds of
   * message.
   */
  readonly body: WireDocument | undefined;
}

const headerLength = 16;
const opMsg = 2013;

/** Cuts a stream of bytes into messages; the rest waits for the bytes that are still to come. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the messages that these bytes complete */
  read(bytes: Buffer): readonly WireMessage[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: WireMessage[] = [];
    while (this.#rest.length >= headerLength && this.#rest.length >= this.#rest.readInt32LE(0)) {
      const length = this.#rest.readInt32LE(0);
      messages.push(parseMessage(this.#rest.subarray(0, length)));
      this.#rest = this.#rest.subarray(length);
    }
    return messages;
  }
}

function parseMessage(bytes: Buffer): WireMessage {
  const body = bytes.readInt32LE(12) === opMsg ? readSections(bytes) : undefined;
  return { bytes, requestId: bytes.readInt32LE(4), responseTo: bytes.readInt32LE(8), body };
}

/**
 * A section is a document (kind 0), or a named batch of documents with its length (kind 1). Neither side sends
 * checksums.
 */
function readSections(bytes: Buffer): WireDocument {
  const body: Record<string, unknown> = {};
  for (let at = headerLength + 4; at < bytes.length;) {
    const kind = bytes.readUInt8(at);
    const start = at + 1;
    const end = start + bytes.readInt32LE(start);
    if (kind === 0) Object.assign(body, BSON.deserialize(bytes.subarray(start, end)));
    else {
      const nameEnd = bytes.indexOf(0, start + 4);
      body[bytes.toString('utf8', start + 4, nameEnd)] = readDocuments(bytes.subarray(nameEnd + 1, end));
    }
    at = end;
  }
  return body;
}

function readDocuments(bytes: Buffer): WireDocument[] {
  const documents: WireDocument[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    documents.push(BSON.deserialize(bytes.subarray(at, at + bytes.readInt32LE(at))));
  }
  return documents;
}

/** The bytes of an OP_MSG that answers a request with a document. */
export function encodeAnswer(requestId: number, body: WireDocument): Buffer {
  const document = BSON.serialize(body);
  const head = Buffer.alloc(headerLength + 5);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(opMsg, 12);
  return Buffer.concat([head, document]);
}
