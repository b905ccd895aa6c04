import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends inline commands one after another and gives what came back for each, as it came and trimmed. */
export async function redisAnswers(url: string, commands: readonly string[]): Promise<readonly string[]> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    await once(socket, 'connect');
    const answers: string[] = [];
    for (const command of commands) {
      socket.write(`${command}\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      answers.push(answer.toString().trim());
    }
    return answers;
  } finally {
    socket.destroy();
  }
}
