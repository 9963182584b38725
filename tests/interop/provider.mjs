// A real OpenID Connect provider on a port of this machine: `node provider.mjs`.
// Prints its address; then, for each line `ALGORITHM` on its input, prints a
// token of a signed-in client that it has signed with that algorithm; `rotate`
// replaces its keys.
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const keys = () =>
  [
    ["RS256", "rsa", { modulusLength: 2048 }],
    ["ES256", "ec", { namedCurve: "P-256" }],
    ["EdDSA", "ed25519", {}],
  ].map(([alg, type, options]) => ({
    ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }),
    alg,
    use: "sig",
    kid: randomUUID(),
  }));

const audience = "hiroba";

function provide(issuer) {
  return new Provider(issuer, {
    jwks: { keys: keys() },
    clients: [{
      client_id: "counter",
      client_secret: "secret",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    }],
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
    extraTokenClaims: () => ({ groups: ["kocho"], ward: "Saiwai" }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (ctx, resource) => ({
          audience,
          scope: "opinions",
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: new URL(resource).hostname.split(".")[0].replace("rs", "RS").replace("es", "ES").replace("eddsa", "EdDSA") } },
        }),
      },
    },
  });
}

let provider;
const server = createServer((request, response) => provider.callback()(request, response));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = provide(issuer);
  console.log(issuer);
  createInterface({ input: process.stdin }).on("line", async (line) => {
    if (line === "rotate") {
      provider = provide(issuer);
      console.log("rotated");
      return;
    }
    const answer = await fetch(`${issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("counter:secret")}` },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        scope: "opinions",
        resource: `https://${line.toLowerCase()}.hiroba.example`,
      }),
    });
    const { access_token, ...rest } = await answer.json();
    console.log(access_token ?? JSON.stringify(rest));
  });
});
process.stdin.on("end", () => process.exit(0));
