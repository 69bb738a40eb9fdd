// The words of the grammar: what clients say that is right, odd, or wrong, so that each rule of the recorded configurations is met.

const long = (count, text = 'x') => text.repeat(count);
const base64 = (text) => Buffer.from(text).toString('base64');

export const helloNames = [
  'client.example', 'Client.Example', '[127.0.0.1]', '[IPv6:::1]', '[IPv6:::ffff:127.0.0.1]', '[IPv6:1::2::3]', '[127.0.0.1', '[]', 'localhost', 'nodots', 'nodots.', 'spam.client.example',
  'x.spam.client.example', 'warnme.client.example', '127.0.0.1', '127.0.0.1.', '::1', 'bad_name.example', '-bad.example', 'bad-.example', 'client.example.', 'client..example', '.client.example', '[127.0.0.999]',
  'nxdomain.example', 'servfail.example', 'nullmx.example', 'txtonly.example', 'aonly.example', 'sender.example', '123.456', 'a b', '<client.example>', '"client.example"', 'a@b.example', 'é.example',
  'xn--bcher-kva.example', `${long(63)}.example`, `${long(64)}.example`, '\\', '  client.example ', '',
]; // prettier-ignore

export const senders = [
  '<c@sender.example>', '<>', '<alice@example.com>', '<bob@example.com>', '<alice2@example.com>', '<ALICE@Example.com>', '<nobody@example.com>', '<nodomain>', '<c@nxdomain.example>', '<c@nullmx.example>', '<c@servfail.example>',
  '<c@badmx.example>', '<c@aonly.example>', '<c@example.org>', '<c@loopself.example>', '<old@example.com>', '<watched@example.com>', '<C.D@Sender.Example>', '<"a b"@sender.example>', '<"a\\"b"@sender.example>',
  '<@relay.example:c@sender.example>', '<@a,@b:c@sender.example>', '<a@b@sender.example>', '<c@[127.0.0.1]>', '<c@[300.0.0.1]>', '<c@[IPv6:2001:db8::1]>', 'c@sender.example', '<c@sender.example', 'c@sender.example>',
  '<c@sender.example>>', '< c@sender.example >', '<.c@sender.example>', '<c.@sender.example>', '<c..d@sender.example>', '<blocked@sender.example>', '<BLOCKED@SENDER.example>', '<defer@sender.example>', '<hold@sender.example>',
  '<text@sender.example>', '<four@sender.example>', '<rej@sender.example>', '<discard@sender.example>', '<eod@sender.example>', '<c@txtonly.example>', '<c@sender.example.>', '<c!d@sender.example>', '<host!user>',
  '<user%host@sender.example>', '<müller@sender.example>', '<c@bücher.example>', 'Carol <c@sender.example>', '<c@sender.example> extra', '<c(comment)@sender.example>', '<c@-bad.example>', '<c@sender_x.example>',
  '<c@sender..example>', '<c@1.2.3.4>', '<"">', '<@>', '<a:c@sender.example;>', '<a@x,b@y>', '<postmaster>', '<root@localhost>', '<"x@y"@localhost>', `<${long(64)}@sender.example>`, `<c@${long(64)}.example>`, '<"c@sender.example>', '',
]; // prettier-ignore

export const recipients = [
  '<alice@example.com>', '<bob@example.com>', '<carol@example.com>', '<Alice@Example.COM>', '<nobody@example.com>', '<sales@example.com>', '<all@example.com>', '<typo@example.com>', '<x@alias.example.org>', '<y@alias.example.org>',
  '<alice@alias.example.org>', '<x@sub.alias.example.org>', '<x@elsewhere.example>', '<postmaster>', '<Postmaster>', '<postmaster@example.com>', '<postmaster@localhost>', '<root>', '<mailer-daemon@localhost>', '<ok@relay.example>',
  '<OK@Relay.example>', '<no@relay.example>', '<x@sub.relay.example>', '<noway@example.com>', '<later@example.com>', '<gone@example.com>', '<redirect@example.com>', '<NOWAY@example.com>', '<x@nullmx.example>', '<x@badmx.example>',
  '<x@servfail.example>', '<x@nodomain.example>', '<x@txtonly.example>', "<o'brien@example.com>", '<"alice"@example.com>', '<"al ice"@example.com>', '<alice+ext@example.com>', '<sales+x@example.com>', '<alice+@example.com>',
  '<@relay.example:alice@example.com>', '<alice%elsewhere.example@example.com>', '<elsewhere.example!alice@example.com>', '<alice%elsewhere.example@localhost>', '<alice%example.com@localhost>', '<"alice%example.com"@localhost>',
  '<"alice@elsewhere.example"@localhost>', '<alice@example.com@localhost>', '<elsewhere.example!alice@localhost>', '<example.com!alice>', '<alice@[127.0.0.1]>', '<alice@[192.0.2.10]>', '<alice@[x]>', '<alice@127.0.0.1>', '<alice@localhost>',
  '<alice@LOCALHOST.>', '<alice@mail.example.com>', '<>', '<"">', '<""@example.com>', '<@localhost>', 'alice@example.com', '<alice@example.com', 'alice@example.com>', '<alice@example.com>>', '<alice>', '<alice@>', '<@example.com>',
  '<@>', '<alice @example.com>', '<alice@ example.com>', '<al ice@example.com>', '<alice@example.com> extra', '<alice@example.com><bob@example.com>', 'Alice <alice@example.com>', '<alice,bob@example.com>', '<a:alice@example.com;>',
  '<älice@example.com>', '<alice@exämple.com>', '<.alice@example.com>', '<alice@example.com.>', '<alice@example.com..>', '<alice@@example.com>', '<alice@-x.example>', '<alice(c)@example.com>', '<alice\\@example.com>',
  '<|cat@example.com>', '<user@sink.example>', '<user@discard.example>', `<${long(65, 'u')}@example.com>`, '<">', '',
]; // prettier-ignore

export const mailParameters = [
  'SIZE=0', 'SIZE=100', 'SIZE=5001', 'SIZE=999999999', 'SIZE=', 'SIZE=abc', 'SIZE=-1', 'SIZE=9223372036854775808', 'BODY=8BITMIME', 'BODY=7BIT', 'BODY=BINARYMIME', 'BODY=x', 'BODY=', 'SMTPUTF8', 'SMTPUTF8=1', 'smtputf8', 'RET=FULL',
  'RET=HDRS', 'RET=x', 'RET=', 'ENVID=abc', 'ENVID=a+20b', 'ENVID=a+0Ab', 'ENVID=', 'ENVID=a+ZZ', 'ENVID=x ENVID=y', 'AUTH=<>', 'AUTH=c@sender.example', 'AUTH=<> AUTH=a', 'FOO=bar', 'FOO', 'size=100', 'body=8bitmime',
  'RET=FULL RET=HDRS', 'SIZE=10 SIZE=20', 'HOLDFOR=10', 'XVERP', '=', '<x>', 'NOTIFY=NEVER', 'SIZE=10 BODY=8BITMIME RET=FULL ENVID=q AUTH=<>',
]; // prettier-ignore

export const rcptParameters = [
  'NOTIFY=NEVER', 'NOTIFY=SUCCESS', 'NOTIFY=SUCCESS,FAILURE,DELAY', 'NOTIFY=SUCCESS,SUCCESS', 'NOTIFY=NEVER,SUCCESS', 'NOTIFY=', 'NOTIFY=,', 'NOTIFY=SUCCESS,', 'NOTIFY=x', 'notify=success', 'NOTIFY=SUCCESS NOTIFY=NEVER',
  'ORCPT=rfc822;alice@example.com', 'ORCPT=rfc822;a+2Bb@example.com', 'ORCPT=rfc822;a+4g', 'ORCPT=alice', 'ORCPT=utf-8;alice@example.com', 'ORCPT=utf-8;\\x{E9}', 'ORCPT=utf-8;\\x{110000}', 'ORCPT=utf-8;\\y', 'ORCPT=', 'ORCPT=;x',
  'ORCPT=x;', 'ORCPT=rfc822;a ORCPT=rfc822;b', 'FOO=bar', 'FOO', 'SIZE=1', 'RET=FULL', 'NOTIFY=SUCCESS ORCPT=rfc822;a@b',
]; // prettier-ignore

export const odd = [
  'NOOP', 'NOOP hello', 'noop', '\tNOOP', 'RSET', 'RSET now', 'HELP', 'HELP MAIL', 'EXPN sales', 'VRFY alice@example.com', 'VRFY <bob@example.com>', 'VRFY nobody@example.com', 'VRFY x@elsewhere.example', 'VRFY', 'VRFY alice',
  'VRFY Alice <alice@example.com>', 'VRFY <>', 'VRFY é@example.com', 'VRFY é@example.com SMTPUTF8', 'VRFY SMTPUTF8', 'ETRN example.com', 'ETRN elsewhere.example', 'ETRN', 'ETRN @example.com', 'ETRN #x', 'ETRN a b', 'ETRN [127.0.0.1]',
  'ETRN -x', 'BLAH', 'GET / HTTP/1.1', 'Subject: x', 'a :b', ':', 'AUTH', 'AUTH FOO', 'STARTTLS now', 'MAIL', 'MAIL FROM', 'MAIL FROM:', 'RCPT', 'RCPT TO', 'RCPT TO:', 'MAIL TO:<c@sender.example>', 'RCPT FROM:<c@sender.example>',
  'DATA now', 'QUIT now', 'TURN', 'SEND FROM:<x>', 'mail from:<c@sender.example>', 'MAIL  FROM:<c@sender.example>', 'MAIL FROM: <c@sender.example>', 'MAIL FROM :<c@sender.example>', 'MAIL FROM:<c@sender.example>SIZE=1',
  'rcpt to:<alice@example.com>', 'RCPT TO: <alice@example.com>', 'EHLO', 'HELO', 'é', ' NOOP', '', '\0', 'NOOP\0x', `NOOP ${long(2043)}`, `NOOP ${long(2044)}`, `NOOP ${long(5000)}`, long(3000), `RCPT TO:<alice@example.com> ${long(3000)}`,
]; // prettier-ignore

export const forwards = [
  'XFORWARD NAME=a.example', 'XFORWARD ADDR=192.0.2.1 PROTO=ESMTP', 'XFORWARD', 'XFORWARD FOO=bar', 'XFORWARD NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE]', 'XFORWARD NAME=-x', 'XFORWARD ADDR=x', 'XFORWARD ADDR=IPV6:2001:db8::1',
  'XFORWARD PORT=25', 'XFORWARD PORT=x', 'XFORWARD PORT=123456', 'XFORWARD HELO=a+20b', 'XFORWARD SOURCE=LOCAL', 'XFORWARD SOURCE=REMOTE', 'XFORWARD SOURCE=x', 'XFORWARD IDENT=ABC PROTO=SMTP', 'XFORWARD NAME', 'XFORWARD NAME=',
  `XFORWARD HELO=${long(256)}`, `XFORWARD PROTO=${long(65)}`, 'xforward name=a.example', 'XFORWARD NAME=a.example NAME=b.example',
]; // prettier-ignore

export const impersonations = [
  'XCLIENT ADDR=10.0.0.1', 'XCLIENT NAME=a.example ADDR=192.0.2.1', 'XCLIENT', 'XCLIENT FOO=bar', 'XCLIENT NAME', 'XCLIENT NAME=', 'XCLIENT NAME=-x', 'XCLIENT ADDR=x', 'XCLIENT ADDR=[UNAVAILABLE] NAME=[UNAVAILABLE]',
  'XCLIENT NAME=[TEMPUNAVAIL]', 'XCLIENT ADDR=IPV6:2001:db8::1', 'XCLIENT PORT=x', 'XCLIENT PORT=25 HELO=h.example PROTO=ESMTP', 'XCLIENT PROTO=LMTP', 'XCLIENT PROTO=esmtp', 'XCLIENT LOGIN=alice', 'XCLIENT HELO=a+20b',
  'XCLIENT ADDR=127.0.0.5 LOGIN=[UNAVAILABLE]', 'XCLIENT REVERSE_NAME=r.example', 'XCLIENT DESTADDR=192.0.2.2 DESTPORT=25', 'XCLIENT DESTADDR=x', 'XCLIENT DESTPORT=x', `XCLIENT HELO=${long(256)}`,
]; // prettier-ignore

const identities = ['\0alice\0secret1', '\0alice\0wrong', '\0nobody\0x', 'bob\0alice\0secret1', 'alice\0alice\0secret1', '\0alice@example.com\0secret1', '\0alice@other.example\0secret1', '\0\0secret1', '\0alice\0', 'alice', '\0ALICE\0secret1', '\0alice\0secret1\0']; // prettier-ignore
export const responses = ['YWxpY2U=', 'c2VjcmV0MQ==', 'd3Jvbmc=', 'YWxpY2VAZXhhbXBsZS5jb20=', 'YWxpY2U', '*', '* ', '!!!', '!!!!', '=', '', 'AA==', 'AAAA', 'AGFsaWNlAHNlY3JldDE=AAAA', base64(long(1100)), long(13_000), ...identities.map(base64)]; // prettier-ignore
export const logins = [
  'AUTH PLAIN', 'AUTH PLAIN', 'AUTH LOGIN', 'AUTH LOGIN', 'auth plain', 'AUTH CRAM-MD5', 'AUTH EXTERNAL =', 'AUTH FOO x', 'AUTH PLAIN a b', 'AUTH LOGIN YWxpY2U=', 'AUTH LOGIN =', 'AUTH LOGIN YWxpY2U',
  ...responses.filter((text) => text !== '' && text.length < 1800).map((text) => `AUTH PLAIN ${text}`), `AUTH PLAIN ${base64('\0alice\0secret1')}`,
]; // prettier-ignore

export const headers = [
  'From: c@sender.example', 'To: alice@example.com', 'To: typo@example.com, Old <old@example.com>', 'Cc: a', 'Subject: hello', 'Subject: reject-me', 'Subject: discard-me', 'Subject: hold-me', 'Subject: warn-me', 'subject: REJECT-ME', 'X-Old: 5',
  'X-Front: 1', 'X-Remove-Me: 1', 'Date: Mon, 5 Jan 2026 09:00:00 +0000', 'Message-ID: <1@sender.example>', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Type: multipart/mixed; boundary=b',
  'Received: from a by b; Mon, 5 Jan 2026 09:00:00 +0000', ' folded', '\tfolded', 'not a header', 'Bcc: x@example.com', 'Return-Path: <x@example.com>', 'Delivered-To: alice@example.com', 'Resent-To: bob@example.com', ':', 'X: é',
  `X-Long: ${long(3000)}`, 'From someone', '>From x', 'Subject :x',
]; // prettier-ignore

export const bodies = ['body', 'forbidden body line', 'FORBIDDEN body line', '..dot', '.', 'grüße', long(300), long(3000), '', 'From me', '--b', '--b--', 'a\0b', ' x']; // prettier-ignore
