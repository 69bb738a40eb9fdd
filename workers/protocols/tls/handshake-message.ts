/**
 * handshake-message — the messages of the TLS 1.3 handshake as bytes
 *
 *  +------+-----------------+----------------------+
 *  | type | length (24 bit) | body                 |    RFC 8446 §4
 *  +------+-----------------+----------------------+
 *
 * STANDARDS  RFC 8446 §4.1–4.4, §B.3; RFC 6066 §3 (server_name)
 * ERRORS     DecodeError(offset, rule), TlsFailure(alert, reason)
 */
import * as ascii from '../../bytes/ascii.ts';
import { assert } from '../../bytes/assert.ts';
import { ByteReader, DecodeError } from '../../bytes/byte-reader.ts';
import { ByteWriter } from '../../bytes/byte-writer.ts';
import * as hex from '../../bytes/hex.ts';

import { extensionType, handshakeType, tls12, tls13, TlsFailure } from './terms.ts';

/** A server_hello random that says "HelloRetryRequest" (RFC 8446 §4.1.3): SHA-256 of that word. */
export const retryRandom = hex.decode('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c')!;

export type Extensions = Map<number, Uint8Array>;

export interface ClientHello {
  random: Uint8Array;
  sessionId: Uint8Array;
  cipherSuites: number[];
  compressions: Uint8Array;
  extensions: Extensions;
}

export interface ServerHello {
  random: Uint8Array;
  sessionId: Uint8Array;
  cipherSuite: number;
  extensions: Extensions;
}

export interface KeyShare {
  group: number;
  key: Uint8Array;
}

/** Puts the head before a body. */
export function encodeMessage(type: number, writeBody: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(type);
  vector24(writer, () => writeBody(writer));
  return writer.finish();
}

/** A ClientHello, whole. */
export function encodeClientHello(hello: ClientHello): Uint8Array {
  return encodeMessage(handshakeType.clientHello, (writer) => {
    writer.u16(tls12);
    writer.bytes(hello.random);
    vector8(writer, hello.sessionId);
    vector16(writer, () => hello.cipherSuites.forEach((code) => writer.u16(code)));
    vector8(writer, hello.compressions);
    writeExtensions(writer, hello.extensions);
  });
}

/** The body of a ClientHello, of whatever version. */
export function decodeClientHello(body: Uint8Array): ClientHello {
  const reader = new ByteReader(body);
  reader.u16(); // the legacy version says nothing (RFC 8446 §4.1.2)
  const random = reader.take(32);
  const sessionId = reader.take(reader.u8());
  if (sessionId.length > 32) throw new DecodeError(34, 'session id longer than 32');
  const cipherSuites = u16List(reader.take(reader.u16()));
  const compressions = reader.take(reader.u8());
  // TLS 1.2 and older may come without extensions.
  const extensions: Extensions = reader.remaining === 0 ? new Map() : readExtensions(reader, true);
  expectEnd(reader);
  return { random, sessionId, cipherSuites, compressions, extensions };
}

/** A ServerHello or HelloRetryRequest, whole. */
export function encodeServerHello(hello: ServerHello): Uint8Array {
  return encodeMessage(handshakeType.serverHello, (writer) => {
    writer.u16(tls12);
    writer.bytes(hello.random);
    vector8(writer, hello.sessionId);
    writer.u16(hello.cipherSuite);
    writer.u8(0);
    writeExtensions(writer, hello.extensions);
  });
}

/** The body of a ServerHello or HelloRetryRequest. */
export function decodeServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body);
  const version = reader.u16();
  const random = reader.take(32);
  const sessionId = reader.take(reader.u8());
  const cipherSuite = reader.u16();
  const compression = reader.u8();
  const extensions: Extensions = reader.remaining === 0 ? new Map() : readExtensions(reader, false);
  expectEnd(reader);
  const selected = extensions.get(extensionType.supportedVersions);
  if (version !== tls12 || selected?.length !== 2 || new ByteReader(selected).u16() !== tls13)
    throw new TlsFailure('protocol_version', 'unsupported protocol');
  if (compression !== 0) throw new TlsFailure('illegal_parameter', 'invalid compression algorithm');
  return { random, sessionId, cipherSuite, extensions };
}

/** EncryptedExtensions, whole. */
export function encodeEncryptedExtensions(extensions: Extensions): Uint8Array {
  return encodeMessage(handshakeType.encryptedExtensions, (writer) => writeExtensions(writer, extensions));
}

/** The body of EncryptedExtensions. */
export function decodeEncryptedExtensions(body: Uint8Array): Extensions {
  const reader = new ByteReader(body);
  const extensions = readExtensions(reader, false);
  expectEnd(reader);
  return extensions;
}

/** Certificate, whole: the chain, leaf first. */
export function encodeCertificate(chain: readonly Uint8Array[]): Uint8Array {
  return encodeMessage(handshakeType.certificate, (writer) => {
    writer.u8(0); // certificate_request_context
    vector24(writer, () => {
      for (const der of chain) {
        vector24(writer, () => writer.bytes(der));
        writer.u16(0);
      }
    });
  });
}

/** The body of a server's Certificate. */
export function decodeCertificateMessage(body: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(body);
  if (reader.u8() !== 0) throw new TlsFailure('illegal_parameter', 'invalid context');
  const list = new ByteReader(reader.take(u24(reader)));
  expectEnd(reader);
  const chain: Uint8Array[] = [];
  while (list.remaining > 0) {
    chain.push(list.take(u24(list)).slice());
    readExtensions(list, false);
  }
  if (chain.length === 0) throw new DecodeError(4, 'no certificate');
  return chain;
}

/** CertificateRequest during the handshake; what it asks for is of no interest to who has nothing. */
export function decodeCertificateRequest(body: Uint8Array): void {
  const reader = new ByteReader(body);
  if (reader.u8() !== 0) throw new TlsFailure('illegal_parameter', 'invalid context');
  readExtensions(reader, false);
  expectEnd(reader);
}

/** CertificateVerify, whole. */
export function encodeCertificateVerify(scheme: number, signature: Uint8Array): Uint8Array {
  return encodeMessage(handshakeType.certificateVerify, (writer) => {
    writer.u16(scheme);
    vector16(writer, () => writer.bytes(signature));
  });
}

/** The body of CertificateVerify. */
export function decodeCertificateVerify(body: Uint8Array): { scheme: number; signature: Uint8Array } {
  const reader = new ByteReader(body);
  const scheme = reader.u16();
  const signature = reader.take(reader.u16());
  expectEnd(reader);
  return { scheme, signature };
}

/** Finished, whole. */
export function encodeFinished(verifyData: Uint8Array): Uint8Array {
  return encodeMessage(handshakeType.finished, (writer) => writer.bytes(verifyData));
}

/** KeyUpdate, whole. */
export function encodeKeyUpdate(requested: boolean): Uint8Array {
  return encodeMessage(handshakeType.keyUpdate, (writer) => writer.u8(requested ? 1 : 0));
}

/** @returns whether the peer wants an update in return */
export function decodeKeyUpdate(body: Uint8Array): boolean {
  if (body.length !== 1) throw new DecodeError(0, `KeyUpdate of ${body.length} bytes`);
  if (body[0]! > 1) throw new TlsFailure('illegal_parameter', 'bad key update');
  return body[0] === 1;
}

/** The list in supported_groups, signature_algorithms. @returns empty when the extension is missing */
export function decodeU16List(extension: Uint8Array | undefined): number[] {
  if (extension === undefined) return [];
  const reader = new ByteReader(extension);
  const list = u16List(reader.take(reader.u16()));
  expectEnd(reader);
  return list;
}

/** A number alone in its extension. */
export function decodeU16(extension: Uint8Array): number {
  const reader = new ByteReader(extension);
  const value = reader.u16();
  expectEnd(reader);
  return value;
}

/** A list of 16-bit numbers with a length of two bytes. */
export function encodeU16List(values: readonly number[]): Uint8Array {
  const writer = new ByteWriter(2 + 2 * values.length);
  writer.u16(2 * values.length);
  for (const value of values) writer.u16(value);
  return writer.finish();
}

/** The versions that a client offers; empty when it sends no such list. */
export function decodeClientVersions(extension: Uint8Array | undefined): number[] {
  if (extension === undefined) return [];
  const reader = new ByteReader(extension);
  const list = u16List(reader.take(reader.u8()));
  expectEnd(reader);
  return list;
}

/** The key shares of a ClientHello. */
export function encodeKeyShares(shares: readonly KeyShare[]): Uint8Array {
  const writer = new ByteWriter(128);
  vector16(writer, () => {
    for (const share of shares) writer.bytes(encodeKeyShare(share));
  });
  return writer.finish();
}

/** @returns null when the extension is missing */
export function decodeKeyShares(extension: Uint8Array | undefined): KeyShare[] | null {
  if (extension === undefined) return null;
  const reader = new ByteReader(extension);
  const list = new ByteReader(reader.take(reader.u16()));
  expectEnd(reader);
  const shares: KeyShare[] = [];
  while (list.remaining > 0) {
    const share = { group: list.u16(), key: list.take(list.u16()) };
    if (shares.some(({ group }) => group === share.group))
      throw new TlsFailure('illegal_parameter', 'bad key share');
    shares.push(share);
  }
  return shares;
}

/** The one key share of a ServerHello. */
export function encodeKeyShare(share: KeyShare): Uint8Array {
  const writer = new ByteWriter(128);
  writer.u16(share.group);
  vector16(writer, () => writer.bytes(share.key));
  return writer.finish();
}

/** The one key share of a ServerHello. */
export function decodeKeyShare(extension: Uint8Array): KeyShare {
  const reader = new ByteReader(extension);
  const share = { group: reader.u16(), key: reader.take(reader.u16()) };
  expectEnd(reader);
  return share;
}

/** server_name with one host name. */
export function encodeServerName(name: string): Uint8Array {
  const writer = new ByteWriter(8 + name.length);
  vector16(writer, () => {
    writer.u8(0);
    vector16(writer, () => writer.bytes(ascii.encode(name)));
  });
  return writer.finish();
}

/** The host name in server_name; null when the extension is missing. */
export function decodeServerName(extension: Uint8Array | undefined): string | null {
  if (extension === undefined) return null;
  const outer = new ByteReader(extension);
  const list = new ByteReader(outer.take(outer.u16()));
  expectEnd(outer);
  const type = list.u8();
  const name = list.take(list.u16());
  // RFC 6066 §3 knows one type of name, and one name of a type; so does OpenSSL.
  expectEnd(list);
  if (type !== 0 || name.length === 0) throw new DecodeError(2, 'no host name');
  if (name.length > 255 || name.includes(0)) throw new TlsFailure('unrecognized_name', 'bad extension');
  return ascii.decode(name);
}

function writeExtensions(writer: ByteWriter, extensions: Extensions): void {
  vector16(writer, () => {
    for (const [type, content] of extensions) {
      writer.u16(type);
      vector16(writer, () => writer.bytes(content));
    }
  });
}

function readExtensions(reader: ByteReader, fromClient: boolean): Extensions {
  const list = new ByteReader(reader.take(reader.u16()));
  const extensions: Extensions = new Map();
  while (list.remaining > 0) {
    const type = list.u16();
    if (extensions.has(type)) throw new TlsFailure('illegal_parameter', 'bad extension');
    // RFC 8446 §4.2.11: pre_shared_key is the last.
    if (fromClient && extensions.has(extensionType.preSharedKey))
      throw new TlsFailure('illegal_parameter', 'bad extension');
    extensions.set(type, list.take(list.u16()));
  }
  return extensions;
}

function u16List(bytes: Uint8Array): number[] {
  const reader = new ByteReader(bytes);
  const list: number[] = [];
  while (reader.remaining > 0) list.push(reader.u16());
  return list;
}

function u24(reader: ByteReader): number {
  return (reader.u8() << 16) | reader.u16();
}

function vector8(writer: ByteWriter, content: Uint8Array): void {
  writer.u8(content.length);
  writer.bytes(content);
}

function vector16(writer: ByteWriter, writeContent: () => void): void {
  const at = writer.length;
  writer.u16(0);
  writeContent();
  writer.u16At(at, writer.length - at - 2);
}

function vector24(writer: ByteWriter, writeContent: () => void): void {
  const at = writer.length;
  writer.u8(0);
  writer.u16(0);
  writeContent();
  const length = writer.length - at - 3;
  assert(length < 0x10000, `handshake content of ${length} bytes`);
  writer.u16At(at + 1, length);
}

function expectEnd(reader: ByteReader): void {
  if (reader.remaining !== 0) throw new DecodeError(reader.offset, `${reader.remaining} bytes too many`);
}
