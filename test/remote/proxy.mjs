// proxy.mjs: an HTTP proxy. Plain Node, no dependencies.
//
//   node proxy.mjs [--port N] [--exit-with-stdin]
//
// It listens on 127.0.0.1, prints "listening on PORT", and wants the user "user" with the password "secret-proxy". GET /stats gives
// {requests}, how many it was asked for, tunnels as well; POST /reset zeroes that.

import http from 'node:http';
import net from 'node:net';

let port = 0;
for (let args = process.argv.slice(2); args.length > 0;) {
  const name = args.shift();
  if (name === '--port') port = Number(args.shift());
  else if (name === '--exit-with-stdin') process.stdin.on('close', () => process.exit()).resume();
  else throw new Error(`unknown option ${name}`);
}

let requests = 0;
const login = `Basic ${Buffer.from('user:secret-proxy').toString('base64')}`;

const server = http.createServer((req, res) => {
  if (req.url === '/stats' || req.url === '/reset') {
    res.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify({ requests }));
    if (req.url === '/reset') requests = 0;
    return;
  }
  requests++;
  if (req.headers['proxy-authorization'] !== login) {
    res.writeHead(407).end();
    return;
  }
  const { 'proxy-authorization': _, ...headers } = req.headers;
  const onward = http.request(req.url, { method: req.method, headers }, answer => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  onward.on('error', () => res.destroy());
  req.pipe(onward);
});
server.on('connect', (req, socket, head) => {
  requests++;
  socket.on('error', () => {});
  if (req.headers['proxy-authorization'] !== login) {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const [host, to] = req.url.split(':');
  const onward = net.connect(Number(to), host, () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
});
server.listen(port, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
