/** parsed-mail — what the mail worker makes of a message: plain data, no HTML to insert, offsets into the raw bytes */

export interface HeaderLine {
  name: string;
  /** unfolded, as it was sent */
  value: string;
  /** encoded words decoded; the same as `value` when there are none */
  decoded: string;
  /** first byte of the field, and the byte after its line end */
  start: number;
  end: number;
}

export interface MailAddress {
  name: string;
  /** '' for a group */
  address: string;
}

/** One box of the MIME tree. Ranges are bytes of the message. */
export interface MimePart {
  /** IMAP part number; '' = the message itself */
  number: string;
  type: string;
  charset: string;
  encoding: string;
  filename: string;
  disposition: string;
  start: number;
  bodyStart: number;
  end: number;
  children: MimePart[];
}

export interface Attachment {
  part: string;
  type: string;
  filename: string;
  /** octets after decoding */
  bytes: number;
}

export interface ParsedMail {
  headers: HeaderLine[];
  /** first byte of the body */
  bodyStart: number;
  bytes: number;
  root: MimePart;
  subject: string;
  from: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  replyTo: MailAddress[];
  /** milliseconds since 1970; null when there is no date */
  date: number | null;
  messageId: string;
  inReplyTo: string;
  /** the text a person reads; of an HTML-only mail its plain rendering */
  text: string;
  /** source of the HTML alternative, to be shown as text and never inserted; '' = none */
  htmlSource: string;
  attachments: Attachment[];
}

/** What the worker offers. Rejects only when the parser itself gives up, with its words. */
export interface MailWorkerApi {
  parse(content: Uint8Array): Promise<ParsedMail>;
}
