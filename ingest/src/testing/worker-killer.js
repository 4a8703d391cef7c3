// Loaded before the program under test, in its worker threads too, hence no TypeScript. A message from the parent
// process ends the newest worker thread without a word.
/** @type {import('node:worker_threads').Worker | undefined} */
let newest;
process.on('worker', (worker) => {
  newest = worker;
});
process.on('message', () => void newest?.terminate());
