/** Loaded before the app by `served.ts`: tells the benchmark how much memory the process has, when asked. */
process.on('message', () => process.send?.(process.memoryUsage.rss()));
process.channel?.unref();
