import { UsageError } from '../base/errors.ts';
import type { SessionObserver } from '../load/conduct/session.ts';
import type { OtlpExport } from '../reports/exporters/otlp-export.ts';
import type { PrometheusEndpoint } from '../reports/exporters/prometheus-endpoint.ts';
import { WatchedRun } from '../reports/exporters/watched-run.ts';
import { say, sayError } from './terminal-output.ts';

/** Where the metrics of runs go while they are made. */
export interface ExporterFlags {
  /** `host:port`, a port, or `true` for the usual one. */
  readonly prometheus?: string | true;
  /** The base URL of an OTLP endpoint over HTTP. */
  readonly otlp?: string;
}

const USUAL = { host: '127.0.0.1', port: 9464 };

/** Tells Prometheus and OpenTelemetry of runs. */
export class Exporters {
  readonly observer: SessionObserver;
  readonly #endpoint: PrometheusEndpoint | undefined;
  #run: WatchedRun | undefined;
  #otlp: OtlpExport | undefined;

  private constructor(
    endpoint: PrometheusEndpoint | undefined,
    openOtlp: ((run: WatchedRun) => OtlpExport) | undefined,
  ) {
    this.#endpoint = endpoint;
    this.observer = {
      planned: (_request, plan) => {
        this.#run = new WatchedRun(plan);
        endpoint?.show(this.#run);
        this.#otlp = openOtlp?.(this.#run);
      },
      advanced: (_request, lines, progress) => this.#run?.advance(lines, progress),
      finished: () => this.#closeOtlp(),
    };
  }

  /** Opens what was asked for. Rejects with a UsageError where it cannot be. */
  static async open({ prometheus, otlp }: ExporterFlags): Promise<Exporters> {
    if (otlp !== undefined && !/^https?:$/.test(URL.parse(otlp)?.protocol ?? ''))
      throw new UsageError(
        'COMMAND_LINE',
        `Expected --otlp to be a URL such as http://127.0.0.1:4318, got ${otlp}.`,
        '--otlp',
      );
    return new Exporters(
      prometheus === undefined ? undefined : await endpointAt(prometheus),
      otlp === undefined ? undefined : await otlpTo(otlp),
    );
  }

  /** Waits until the last figures have gone where they should; not for long. */
  async close(): Promise<void> {
    await Promise.all([this.#closeOtlp(), this.#endpoint?.close()]);
  }

  async #closeOtlp(): Promise<void> {
    await this.#otlp?.close();
    this.#otlp = undefined;
  }
}

async function endpointAt(address: string | true): Promise<PrometheusEndpoint> {
  const { host, port } = address === true ? USUAL : parsed(address);
  const { PrometheusEndpoint } = await import('../reports/exporters/prometheus-endpoint.ts');
  const endpoint = await PrometheusEndpoint.listen(host, port).catch((error: Error) => {
    const message = `Cannot listen at ${host}, port ${port}: ${error.message}. Choose another address with --prometheus.`;
    throw new UsageError('LISTEN', message, '--prometheus');
  });
  say('Prometheus can scrape', endpoint.url);
  return endpoint;
}

async function otlpTo(url: string): Promise<(run: WatchedRun) => OtlpExport> {
  const { OtlpExport } = await import('../reports/exporters/otlp-export.ts');
  return (run) => new OtlpExport(url, run, (why) => sayError(`Nothing arrives at ${url}: ${why}. The run goes on.`));
}

function parsed(address: string): { host: string; port: number } {
  const [, host = USUAL.host, port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(address) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new UsageError(
      'COMMAND_LINE',
      `Expected --prometheus to be an address such as 127.0.0.1:9464, got ${address}.`,
      '--prometheus',
    );
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
