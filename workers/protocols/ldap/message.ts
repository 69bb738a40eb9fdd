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
import { decodeRequest, encodeRequest, type LdapRequest } from './request.ts';
import { decodeResponse, encodeResponse, type LdapResponse } from './response.ts';

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
  controls: Control[];
}

/** Encodes a message. */
export function encodeMessage(message: LdapMessage): Uint8Array {
  const writer = new BerWriter();
  if (message.controls.length > 0) encodeControls(writer, message.controls);
  const { operation } = message;
  if (isResponse(operation)) encodeResponse(writer, operation);
  else encodeRequest(writer, operation);
  writer.integer(message.id);
  writer.wrap(SEQUENCE, 0);
  return writer.finish();
}

/** Decodes a whole frame. */
export function decodeMessage(bytes: Uint8Array): LdapMessage {
  const { id, reader } = openMessage(bytes);
  const operation = decodeResponse(reader) ?? decodeRequest(reader);
  return { id, operation, controls: decodeControls(reader) };
}

/** A frame whose envelope is read: what comes next in `reader` is the operation, then the controls. */
export function openMessage(bytes: Uint8Array): { id: number; reader: BerReader } {
  const outer = new BerReader(bytes);
  const reader = outer.enter(SEQUENCE);
  if (!outer.atEnd) throw new DecodeError(outer.offset, 'octets after the message');
  const id = reader.integer();
  if (id < 0) throw new DecodeError(2, 'negative message id');
  return { id, reader };
}

/** Decodes the controls, if there are any. */
export function decodeControls(reader: BerReader): Control[] {
  const controls: Control[] = [];
  if (reader.tag !== controlsTag) return controls;
  for (const list = reader.any(); !list.atEnd;) {
    const control = list.enter(SEQUENCE);
    const oid = control.text();
    const critical = control.tag === 0x01 && control.boolean();
    controls.push({ oid, critical, value: control.tag === OCTET_STRING ? control.octets() : null });
  }
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

function isResponse(operation: LdapOperation): operation is LdapResponse {
  return operation.kind.startsWith('search-result') || operation.kind.endsWith('response');
}

const controlsTag = 0xa0;
