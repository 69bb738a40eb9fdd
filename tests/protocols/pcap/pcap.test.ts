import { describe, expect, test } from 'vitest';

import { DecodeError } from '../../../workers/bytes/byte-reader.ts';
import {
  decodeIpPacket,
  encodeTcpPacket,
  encodeUdpPacket,
} from '../../../workers/protocols/pcap/ip-packet.ts';
import { pcapHeader, pcapPacket, readPcap } from '../../../workers/protocols/pcap/pcap.ts';

const segment = {
  from: '192.0.2.1',
  fromPort: 40000,
  to: '192.0.2.25',
  toPort: 25,
  seq: 0xfffffff0,
  ack: 17,
  flags: 0x18,
  window: 65535,
  payload: Uint8Array.from('EHLO a.example\r\n', (letter) => letter.charCodeAt(0)),
};
const datagram = {
  from: '192.0.2.1',
  fromPort: 5353,
  to: '192.0.2.53',
  toPort: 53,
  payload: Uint8Array.of(1, 2, 3),
};

/** The sum over all words, as a receiver checks it: 0xffff when the checksum is right (RFC 1071 §1). */
function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
const withPseudoHeader = (packet: Uint8Array): Uint8Array => {
  const length = packet.length - 20;
  return Uint8Array.of(
    ...packet.subarray(12, 20),
    0,
    packet[9]!,
    length >> 8,
    length & 0xff,
    ...packet.subarray(20),
  );
};

describe('packets', () => {
  for (const [name, packet] of [
    ['TCP', encodeTcpPacket(segment)],
    ['TCP with an odd payload', encodeTcpPacket({ ...segment, payload: Uint8Array.of(255) })],
    ['UDP', encodeUdpPacket(datagram)],
  ] as const)
    test(`RFC 1071: the checksums of IP and ${name} are those a receiver computes`, () => {
      expect(sumOf(packet.subarray(0, 20))).toBe(0xffff);
      expect(sumOf(withPseudoHeader(packet))).toBe(0xffff);
    });

  test('RFC 768: a UDP checksum that comes to zero is sent as ffff', () => {
    const zero = encodeUdpPacket({ ...datagram, payload: new Uint8Array(2) });
    const rest = sumOf(withPseudoHeader(zero).fill(0, 18, 20)); // without its checksum
    const sum = (~rest & 0xffff) >>> 0;
    const packet = encodeUdpPacket({ ...datagram, payload: Uint8Array.of(sum >> 8, sum & 0xff) });
    expect([packet[26], packet[27]]).toEqual([0xff, 0xff]);
  });

  test('a packet that was encoded decodes to what it was', () => {
    expect(decodeIpPacket(encodeTcpPacket(segment))).toEqual({ protocol: 'tcp', segment });
    expect(decodeIpPacket(encodeUdpPacket(datagram))).toEqual({ protocol: 'udp', datagram });
  });

  test('a packet cut short at any byte is a DecodeError', () => {
    const packet = encodeTcpPacket(segment);
    for (let end = 0; end < packet.length; end++)
      expect(() => decodeIpPacket(packet.subarray(0, end))).toThrow(DecodeError);
  });
});

describe('files', () => {
  const packets = [
    { epochUs: 1_772_528_400_000_412, packet: encodeTcpPacket(segment) },
    { epochUs: 1_772_528_400_999_999, packet: encodeUdpPacket(datagram) },
  ];
  const file = Uint8Array.of(...pcapHeader(), ...packets.flatMap((packet) => [...pcapPacket(packet)]));

  test('a capture reads back with times and packets', () => {
    expect(readPcap(file)).toEqual(packets);
  });

  test('a capture written in the other byte order reads the same', () => {
    const swapped = file.slice();
    const view = new DataView(swapped.buffer);
    const turn = (at: number) => view.setUint32(at, view.getUint32(at), true);
    [0, 16, 20].forEach(turn);
    let at = 24;
    for (const { packet } of packets) {
      [0, 4, 8, 12].forEach((field) => turn(at + field));
      at += 16 + packet.length;
    }
    expect(readPcap(swapped)).toEqual(packets);
  });

  test('a capture cut short inside a packet, of another link type or of none is an error that says which', () => {
    expect(() => readPcap(file.subarray(0, file.length - 1))).toThrow('truncated');
    expect(() => readPcap(file.slice().fill(1, 23, 24))).toThrow('expected link type 101 (RAW), found 1');
    expect(() => readPcap(Uint8Array.of(80, 75, 3, 4))).toThrow(
      'expected the magic number a1b2c3d4, found 504b0304',
    );
  });
});
