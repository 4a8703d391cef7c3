// Aedes with the options of our broker and nothing around it.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

const aedes = await Aedes.createBroker({ concurrency: 0, drainTimeout: 5_000, connectTimeout: 5_000 });
const server = createServer((socket) => aedes.handle(socket));
server.listen(0, '127.0.0.1', () => process.send({ type: 'ready', port: server.address().port }));
process.once('disconnect', () => process.exit(0));
