// Run by bareHttp.ts: takes every call in whole and answers all of them with the same text.
import { createServer } from 'node:http';

let answer = '';
const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(answer);
  });
});

process.on('message', (question) => {
  if (question.answer !== undefined) {
    answer = question.answer;
    server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  } else {
    const { user, system } = process.cpuUsage();
    process.send((user + system) / 1_000_000);
  }
});
process.on('disconnect', () => process.exit());
