import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import ipaddr from 'ipaddr.js';
import { AppError } from '../../core/errors.ts';

/** Which private addresses may be reached; public ones always may. */
export interface AddressPolicy {
  /** URLs the operator set up: one that names an address of this machine or network itself, or `localhost`, may be reached. */
  readonly configured: readonly string[];
  /** `host` or `host:port` (`JIWA_PRIVATE_HOSTS`): may lie anywhere. */
  readonly privateHosts?: readonly string[] | undefined;
  /** For tests. Default: the system's. */
  readonly lookup?: Lookup | undefined;
}

/** Finds all addresses of a name. */
export type Lookup = (
  name: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What a connection is opened to, as a parsed URL has it. */
export interface Destination {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

type Reach = 'public' | 'local' | 'anywhere';

/** Own machine and own network; 100.64/10 is where overlay networks such as Tailscale live. */
const LOCAL_RANGES = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat', 'unspecified']);

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '').toLowerCase();

const isLocalhost = (name: string) => name === 'localhost' || name.endsWith('.localhost');

/** `host:port` with the port that is meant where none is written. */
function place({ protocol, hostname, port }: Destination): string {
  return `${bare(hostname)}:${port || DEFAULT_PORTS[protocol]}`;
}

/** How far a connection to this destination may reach. */
function reachOf(to: Destination, { configured, privateHosts = [] }: AddressPolicy): Reach {
  const name = bare(to.hostname);
  const named = new Set(privateHosts.map((host) => host.toLowerCase().replace(/[[\]]/g, '')));
  if (named.has(name) || named.has(place(to))) return 'anywhere';
  const written = ipaddr.isValid(name) || isLocalhost(name);
  const setUp = configured.some((address) => {
    const url = URL.parse(address);
    return url !== null && place(url) === place(to);
  });
  return written && setUp ? 'local' : 'public';
}

/** The kind of an address; one inside another (`::ffff:10.0.0.1`) counts as what is inside. */
function rangeOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  // Global unicast of IPv6 is 2000::/3; the rest of what has no other name is reserved.
  const outside = parsed instanceof ipaddr.IPv6 && range === 'unicast' && (parsed.parts[0] ?? 0) >> 13 !== 1;
  return outside ? 'reserved' : range;
}

function allowed(address: string, reach: Reach): boolean {
  const range = rangeOf(address);
  return range === 'unicast' || reach === 'anywhere' || (reach === 'local' && LOCAL_RANGES.has(range));
}

function refused(host: string, address: string): AppError {
  const what = host === address ? `${host} is` : `${host} leads to ${address},`;
  return new AppError(
    'invalid-input',
    `${what} no public address. If it is meant, name ${host} in JIWA_PRIVATE_HOSTS.`,
    { details: { host } },
  );
}

/** Throws `invalid-input` for a destination that is written as an address which may not be reached. */
export function checkWritten(to: Destination, policy: AddressPolicy): void {
  const address = bare(to.hostname);
  if (ipaddr.isValid(address) && !allowed(address, reachOf(to, policy))) throw refused(address, address);
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A `lookup` for one connection: each address of the name is checked, and those that were checked are connected to. */
export function checkedLookup(to: Destination, policy: AddressPolicy) {
  const { lookup = systemLookup } = policy;
  const reach = reachOf(to, policy);
  return (name: string, options: LookupOptions, done: Found): void => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error) return done(error, []);
      const bad = addresses.find(({ address }) => !allowed(address, reach));
      if (bad !== undefined) return done(refused(bare(to.hostname), bad.address), []);
      if (first === undefined || options.all) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}
