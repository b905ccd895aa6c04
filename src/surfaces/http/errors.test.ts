import fastify from 'fastify';
import { expect, test } from 'vitest';
import { silentLog } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { sendError } from './errors.ts';

async function answerTo(error: AppError) {
  const app = fastify();
  app.get('/', () => {
    throw error;
  });
  app.setErrorHandler((thrown, _request, reply) => sendError(reply, thrown, silentLog));
  const { statusCode, headers, body } = await app.inject('/');
  await app.close();
  return { status: statusCode, retryAfter: headers['retry-after'], code: JSON.parse(body).error.code };
}

test('what is away for the moment says when to try again', async () => {
  const away = await answerTo(new AppError('unavailable', 'The database cannot be reached.'));
  expect(away).toEqual({ status: 503, retryAfter: '2', code: 'unavailable' });
});

test('who knows how long it takes is believed', async () => {
  const known = await answerTo(new AppError('unavailable', 'In a minute.', { retryAfterMs: 59_100 }));
  expect(known).toMatchObject({ retryAfter: '60' });
});

test('what would fail again names no time', async () => {
  expect(await answerTo(new AppError('conflict', 'It is there.'))).toMatchObject({ retryAfter: undefined });
});
