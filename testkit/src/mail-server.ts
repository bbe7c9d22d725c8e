import { createServer, type Socket } from "node:net";

export type TestMailServer = AsyncDisposable & {
  url: string;
  /** What was accepted, in order; `text` is the message with its headers. */
  mails: { from: string; to: string[]; text: string }[];
  /** Answers to the end of a message in place of "250 kept", in turn. */
  instead: string[];
};

/** As much of SMTP as a client needs to hand over a message, on 127.0.0.1. */
export async function testMailServer(): Promise<TestMailServer> {
  const mails: TestMailServer["mails"] = [];
  const instead: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    converse(socket, mails, instead);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("start a mail server: it has no port");
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    instead,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

function converse(socket: Socket, mails: TestMailServer["mails"], instead: string[]): void {
  let buffer = "";
  let mail = { from: "", to: [] as string[], text: "" };
  let isText = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    if (isText) {
      if (line !== ".") {
        mail.text += `${line}\n`;
        return;
      }
      isText = false;
      const answer = instead.shift() ?? "250 kept";
      if (answer.startsWith("250")) mails.push(mail);
      return say(answer);
    }
    const [verb = ""] = line.toUpperCase().split(/[ :]/);
    if (verb === "MAIL") mail = { from: line, to: [], text: "" };
    if (verb === "RCPT") mail.to.push(line);
    if (verb === "DATA") {
      isText = true;
      return say("354 go on");
    }
    say(verb === "QUIT" ? "221 bye" : "250 ok");
    if (verb === "QUIT") socket.end();
  };
  say("220 test");
  socket.on("data", (chunk) => {
    buffer += chunk.toString("utf8");
    for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      hear(line);
    }
  });
}
