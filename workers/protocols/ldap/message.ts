/**
 * message — LDAPMessage, its requests and responses
 *
 *   LDAPMessage ::= SEQUENCE {
 *        messageID       MessageID,
 *        protocolOp      CHOICE { bindRequest, bindResponse, … },
 *        controls       [0] Controls OPTIONAL }               RFC 4511 §4.1.1
 *
 * Extra elements at the end of a SEQUENCE are ignored, as its extensibility marks say (RFC 4511 §4).
 *
 * STANDARDS  RFC 4511
 * ERRORS     DecodeError(offset, rule)
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { BerReader, BerWriter, OCTET_STRING, SEQUENCE } from './ber.ts';
import { decodeRequest, encodeRequest, type LdapRequest, type SearchToEncode } from './request.ts';
import { decodeResponse, encodeResponse, type LdapResponse } from './response.ts';
import type { TextTable } from './text-table.ts';

export interface Control {
  oid: string;
  critical: boolean;
  value: Uint8Array | null;
}

export type LdapOperation = LdapRequest | LdapResponse;

export interface LdapMessage {
  /** 1 to 2^31 - 1; 0 in an unsolicited notification */
  id: number;
  operation: LdapOperation;
  controls: readonly Control[];
}

/** Encodes a message; the filter of a search may be one from a template. */
export function encodeMessage({
  id,
  operation,
  controls,
}: Omit<LdapMessage, 'operation'> & { operation: LdapOperation | SearchToEncode }): Uint8Array {
  const writer = new BerWriter(isResult(operation) ? resultBytes : undefined);
  if (controls.length > 0) encodeControls(writer, controls);
  if (operation.kind.endsWith('-request')) encodeRequest(writer, operation as LdapRequest);
  else encodeResponse(writer, operation as LdapResponse);
  writer.integer(id);
  writer.wrap(SEQUENCE, 0);
  return writer.finish();
}

// Most messages of a server say no more than that it is done. (Above 64 octets, so that it comes from a slab:
// a view of an array in the engine's heap is dear.)
const resultBytes = 72;

function isResult(operation: LdapOperation | SearchToEncode): boolean {
  return 'result' in operation && operation.result.text === '';
}

/**
 * Decodes a whole frame.
 * @param texts see openMessage
 */
export function decodeMessage(bytes: Uint8Array, texts: TextTable | null = null): LdapMessage {
  const reader = new BerReader(bytes, texts);
  const id = openMessage(reader);
  const operation = decodeResponse(reader) ?? decodeRequest(reader);
  return { id, operation, controls: decodeControls(reader) };
}

/** Reads the envelope of a frame: what comes next is the operation, then the controls. @returns the id */
export function openMessage(reader: BerReader): number {
  const outer = reader.enter(SEQUENCE);
  if (reader.end < outer) throw new DecodeError(reader.end, 'octets after the message');
  const id = reader.integer();
  if (id < 0) throw new DecodeError(2, 'negative message id');
  return id;
}

/** Decodes the controls, if there are any. */
export function decodeControls(reader: BerReader): readonly Control[] {
  const { tag } = reader;
  if (tag !== controlsTag) return noControls;
  const controls: Control[] = [];
  const outer = reader.enterAny();
  while (!reader.atEnd) {
    const control = reader.enter(SEQUENCE);
    const oid = reader.text();
    const critical = reader.tag === 0x01 && reader.boolean();
    controls.push({ oid, critical, value: reader.tag === OCTET_STRING ? reader.octets() : null });
    reader.leave(control);
  }
  reader.leave(outer);
  return controls;
}

function encodeControls(writer: BerWriter, controls: readonly Control[]): void {
  const mark = writer.mark;
  for (let i = controls.length - 1; i >= 0; i--) {
    const { oid, critical, value } = controls[i]!;
    const inner = writer.mark;
    if (value !== null) writer.octets(value);
    if (critical) writer.boolean(true);
    writer.text(oid);
    writer.wrap(SEQUENCE, inner);
  }
  writer.wrap(controlsTag, mark);
}

const controlsTag = 0xa0;
const noControls: readonly Control[] = Object.freeze([]);
