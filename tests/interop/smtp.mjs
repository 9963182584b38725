// A real SMTP server on a port of this machine: `node smtp.mjs`. Prints its
// port; then each mail that it takes, decoded, as one line of JSON. Refuses
// mail to refused@….
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onRcptTo({ address }, session, done) {
    done(address.startsWith("refused@") ? Object.assign(new Error("no such mailbox"), { responseCode: 550 }) : null);
  },
  async onData(stream, session, done) {
    const parts = [];
    for await (const part of stream) parts.push(part);
    const { from, to, subject, text, headers } = await PostalMime.parse(Buffer.concat(parts));
    const automatic = headers.find(({ key }) => key === "auto-submitted")?.value;
    console.log(JSON.stringify({ from, to, subject, text, automatic, envelope: session.envelope.rcptTo.map(({ address }) => address) }));
    done();
  },
});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
