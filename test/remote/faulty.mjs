// faulty.mjs: an upstream that misbehaves as the URL says. Plain Node, no dependencies.
//
//   node faulty.mjs [--port N] [--upstream URL] [--tls KEY CERT [--client-ca CA] [--tls12]] [--http2] [--exit-with-stdin]
//
// With --client-ca, clients have to show a certificate of that authority; with --tls12 there is no TLS 1.3.
//
// It listens on 127.0.0.1 and prints "listening on PORT". `?fault=NAME` selects the fault, other parameters its measure:
//
//   /?fault=delay&ms=300          the answer's head comes late          /?fault=hang             no answer, ever
//   /?fault=slow&ms=50&bytes=9    the body drips, so many bytes a time  /?fault=stall&bytes=9    ... and stops for good
//   /?fault=reset&bytes=9         RST after so many bytes of the body   /?fault=close            closed without an answer
//   /?fault=close-reused          closed without an answer if it is not the connection's first request
//   /?fault=close-idle&ms=50      answered, and closed after so long idle
//   /?fault=longer | shorter      Content-Length is more or less than the body
//   /?fault=cut-chunks            chunked, ends without the last chunk
//   /?fault=gzip | deflate | br   properly compressed, whatever the client accepts
//   /?fault=cut-gzip | bad-gzip   half of it; not gzip at all
//   /?fault=bomb&bytes=N          N zeros, gzip'd                       /?fault=huge&bytes=N     N bytes, plain
//   /?fault=redirect              302 to itself                         /?fault=status&status=N  the answer with that status
//   /?fault=busy&times=N&status=S&after=T   the first N requests since the reset get that status (503), and Retry-After unless T is left out
//   /?fault=html                  502, an error page                    /?fault=type&type=T      another Content-Type; none if empty
//   /?fault=bad-utf8 | not-json | empty | scalar | errors | no-data | list     bodies that are no proper GraphQL answer
//   /?fault=header-line&bytes=N   a header line of N bytes
//   /?fault=headers&bytes=N       N bytes of headers                    /?fault=garbage          bytes that are no HTTP
//   /?fault=echo                  method, headers and body as JSON
//   /?fault=body&body=B           the answer B, base64; with &status=N and &type=T; &repeat=R&times=N: and R (base64), N times, behind it,
//                                 and &tail=T (base64) behind that
//
// A request's header x-hasura-fault, a query string, takes the place of the URL's: so each call of graphql_resolve() can choose its fault.
//
// With &early=1 it does not wait for the request's body. Without a fault, or under the fault, the answer is {"data":{"ok":true}}, or with
// --upstream what that server answers to the same request: so a real GraphQL server can be made to fail. Introspection is then answered without
// the fault, unless &introspection=1.
//
// GET /stats gives {connections, open, requests, inFlight, maxInFlight}, requests counted as they arrive, connections at their first request;
// POST /reset zeroes the counts. Neither counts itself.

import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import zlib from 'node:zlib';

const options = { port: 0, upstream: null, tls: null, http2: false };
for (let args = process.argv.slice(2); args.length > 0;) {
  const name = args.shift();
  if (name === '--port') options.port = Number(args.shift());
  else if (name === '--upstream') options.upstream = args.shift();
  else if (name === '--tls') options.tls = { key: readFileSync(args.shift()), cert: readFileSync(args.shift()) };
  else if (name === '--client-ca') Object.assign(options.tls, { ca: readFileSync(args.shift()), requestCert: true, rejectUnauthorized: true });
  else if (name === '--tls12') options.tls.maxVersion = 'TLSv1.2';
  else if (name === '--http2') options.http2 = true;
  else if (name === '--exit-with-stdin') process.stdin.on('close', () => process.exit()).resume();
  else throw new Error(`unknown option ${name}`);
}

const stats = { connections: 0, open: 0, requests: 0, inFlight: 0, maxInFlight: 0 };
const served = new WeakMap();   // connection → its requests
const JSON_TYPE = 'application/json; charset=utf-8';
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

async function readBody(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// What would be answered if all were well: {status, type, body}.
async function properAnswer(req, body) {
  if (options.upstream === null) return { status: 200, type: JSON_TYPE, body: Buffer.from('{"data":{"ok":true}}') };
  const headers = { ...req.headers };
  for (const name of ['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding']) delete headers[name];
  const answer = await fetch(options.upstream, { method: req.method, headers, body: body.length > 0 ? body : undefined });
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? JSON_TYPE,
    body: Buffer.from(await answer.arrayBuffer()),
  };
}

function send(res, answer, headers = {}) {
  const all = { 'content-type': answer.type, 'content-length': answer.body.length, ...headers };
  if (all['content-type'] === '') delete all['content-type'];
  res.writeHead(answer.status, all);
  res.end(answer.body);
}

const compressed = (compress, encoding) => (req, res, answer) =>
  send(res, { ...answer, body: compress(answer.body) }, { 'content-encoding': encoding });
const instead = (body, status = 200, type = JSON_TYPE) => (req, res) => send(res, { status, type, body: Buffer.from(body) });

const decoded = (q, name) => Buffer.from(q.get(name) ?? '', 'base64');

const faults = {
  none: (req, res, answer) => send(res, answer),
  hang() {},
  async delay(req, res, answer, q) {
    await sleep(Number(q.get('ms') ?? 300));
    send(res, answer);
  },
  async slow(req, res, answer, q) {
    const step = Number(q.get('bytes') ?? 1);
    res.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length });
    for (let i = 0; i < answer.body.length && !res.destroyed; i += step) {
      res.write(answer.body.subarray(i, i + step));
      await sleep(Number(q.get('ms') ?? 50));
    }
    res.end();
  },
  stall(req, res, answer, q) {
    res.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length });
    res.flushHeaders();
    res.write(answer.body.subarray(0, Number(q.get('bytes') ?? 9)));
  },
  reset(req, res, answer, q) {
    const bytes = Number(q.get('bytes') ?? 0);
    const cut = () => req.socket.resetAndDestroy();
    res.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length });
    if (bytes > 0) res.write(answer.body.subarray(0, bytes), cut);
    else cut();
  },
  close: req => req.socket.destroy(),
  'close-reused'(req, res, answer) {
    if (served.get(req.socket) > 1) req.socket.destroy();
    else send(res, answer);
  },
  'close-idle'(req, res, answer, q) {
    res.on('finish', () => setTimeout(() => req.socket.destroy(), Number(q.get('ms') ?? 0)));
    send(res, answer);
  },
  longer: (req, res, answer) => raw(req, answer, answer.body.length + 10, () => req.socket.end()),
  shorter: (req, res, answer) => raw(req, answer, answer.body.length - 10, () => req.socket.end()),
  'cut-chunks'(req) {
    req.socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{"data":{\r\n');
  },
  gzip: compressed(zlib.gzipSync, 'gzip'),
  deflate: compressed(zlib.deflateSync, 'deflate'),
  br: compressed(zlib.brotliCompressSync, 'br'),
  'cut-gzip': compressed(body => zlib.gzipSync(body).subarray(0, 20), 'gzip'),
  'bad-gzip': compressed(body => body, 'gzip'),
  bomb(req, res, answer, q) {
    res.writeHead(200, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' });
    const gzip = zlib.createGzip();
    gzip.pipe(res);
    pump(gzip, res, Number(q.get('bytes') ?? 1e9));
  },
  huge(req, res, answer, q) {
    res.writeHead(200, { 'content-type': JSON_TYPE });
    pump(res, res, Number(q.get('bytes') ?? 1e9));
  },
  redirect: (req, res, answer) => send(res, { ...answer, status: 302 }, { location: req.url }),
  status: (req, res, answer, q) => send(res, { ...answer, status: Number(q.get('status') ?? 500) }),
  busy(req, res, answer, q) {
    if (stats.requests > Number(q.get('times'))) send(res, answer);
    else send(res, { status: Number(q.get('status') ?? 503), type: 'text/plain', body: Buffer.from('busy') }, q.has('after') ? { 'retry-after': q.get('after') } : {});
  },
  html: instead('<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>', 502, 'text/html'),
  type: (req, res, answer, q) => send(res, { ...answer, type: q.get('type') ?? 'text/plain' }),
  'bad-utf8': instead(Buffer.from('{"data":{"ok":"\xff\xfe"}}', 'latin1')),
  'not-json': instead('{"data":{"ok":tru'),
  empty: instead(''),
  scalar: instead('42'),
  errors: instead('{"errors":[{"message":"resolver failed","path":["ok"],"extensions":{"code":"INTERNAL"}}],"data":{"ok":null}}'),
  'no-data': instead('{"errors":[{"message":"no such thing"}]}'),
  list: instead('{"data":[1,2,3]}'),
  headers: (req, res, answer, q) => {
    const lines = Array.from({ length: Math.ceil(Number(q.get('bytes') ?? 1e6) / 1000) }, (_, i) => `x-${i}: ${'x'.repeat(990)}\r\n`);
    req.socket.end(`HTTP/1.1 200 OK\r\n${lines.join('')}content-length: 0\r\n\r\n`);
  },
  'header-line': (req, res, answer, q) =>
    req.socket.end(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(Number(q.get('bytes') ?? 1e5))}\r\ncontent-length: 0\r\n\r\n`),
  garbage: req => req.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
  body: (req, res, answer, q) =>
    instead(Buffer.concat([decoded(q, 'body'), Buffer.from(decoded(q, 'repeat').toString().repeat(Number(q.get('times') ?? 0))), decoded(q, 'tail')]), Number(q.get('status') ?? 200), q.get('type') ?? JSON_TYPE)(req, res),
  echo: (req, res, answer, q, body) =>
    send(res, {
      ...answer,
      body: Buffer.from(JSON.stringify({ method: req.method, version: req.httpVersion, headers: req.headers, body: body.toString() })),
    }),
};

function raw(req, answer, length, then) {
  const head = `HTTP/1.1 ${answer.status} OK\r\ncontent-type: ${answer.type}\r\ncontent-length: ${length}\r\n\r\n`;
  req.socket.write(Buffer.concat([Buffer.from(head), answer.body]), then);
}

async function pump(sink, res, bytes) {
  const chunk = Buffer.alloc(65536, '0');
  const closed = new Promise(resolve => res.once('close', resolve));
  for (let left = bytes; left > 0 && !res.destroyed; left -= chunk.length) {
    if (!sink.write(left < chunk.length ? chunk.subarray(0, left) : chunk))
      await Promise.race([new Promise(resolve => sink.once('drain', resolve)), closed]);
  }
  sink.end();
}

async function handle(req, res) {
  const url = new URL(req.url, 'http://localhost');
  if (url.pathname === '/stats' || url.pathname === '/reset') {
    const body = Buffer.from(JSON.stringify(stats));
    if (url.pathname === '/reset') Object.assign(stats, { connections: 0, requests: 0, maxInFlight: stats.inFlight });
    send(res, { status: 200, type: JSON_TYPE, body }, options.http2 ? {} : { connection: 'close' });
    return;
  }
  stats.requests++;
  stats.maxInFlight = Math.max(stats.maxInFlight, ++stats.inFlight);
  res.once('close', () => stats.inFlight--);
  const connection = req.stream?.session ?? req.socket;
  if (!served.has(connection)) {
    stats.connections++;
    stats.open++;
    connection.once('close', () => stats.open--);
  }
  served.set(connection, (served.get(connection) ?? 0) + 1);
  const body = url.searchParams.has('early') ? Buffer.alloc(0) : await readBody(req);
  const answer = await properAnswer(req, body);
  const q = 'x-hasura-fault' in req.headers ? new URLSearchParams(req.headers['x-hasura-fault']) : url.searchParams;
  let fault = q.get('fault') ?? 'none';
  if (body.includes('__schema') && !q.has('introspection')) fault = 'none';
  if (!Object.hasOwn(faults, fault)) send(res, { status: 400, type: 'text/plain', body: Buffer.from(`no such fault: ${fault}`) });
  else await faults[fault](req, res, answer, q, body);
}

const listener = (req, res) => {
  req.on('error', () => {});
  res.on('error', () => {});
  handle(req, res).catch(error => res.destroy(error));
};
const server = options.http2
  ? options.tls ? http2.createSecureServer({ ...options.tls, allowHTTP1: true }, listener) : http2.createServer(listener)
  : options.tls ? https.createServer(options.tls, listener) : http.createServer({ keepAliveTimeout: 0, maxHeaderSize: 1e6 }, listener);
server.keepAliveTimeout = 0;
server.on(options.tls ? 'secureConnection' : 'connection', socket => socket.on('error', () => {}));
server.on('sessionError', () => {});
server.on('tlsClientError', () => {});
server.listen(options.port, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
