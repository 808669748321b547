/** The rate that one service lets through, in its parts. */
import { describe, expect, test } from '@jest/globals';

import { RATE, StartRate, Throttle, WINDOW } from '../../nodes/TencentWhiteboard/transport/rate.ts';
import type { Start } from '../../nodes/TencentWhiteboard/transport/rate.ts';

describe('after a refusal', () => {
	test('72 % are left; it comes back to 86 %, stays there, and tries for more', () => {
		const throttle = new Throttle();
		expect([throttle.active, throttle.allowed(0)]).toEqual([false, RATE]);
		throttle.refused(10_000);
		expect(throttle.active).toBe(true);
		const after = (seconds: number) => throttle.allowed(10_000 + seconds * 1000) / RATE;
		expect(after(0)).toBeCloseTo(0.72);
		// The plateau is reached where 0.015 × s³ makes up for what the refusal took.
		const plateau = Math.cbrt((0.14 * RATE) / 0.015);
		expect(after(plateau / 2)).toBeGreaterThan(0.84);
		expect(after(plateau)).toBeCloseTo(0.86);
		expect(after(plateau * 1.5)).toBeLessThan(0.88);
		expect(after(plateau * 2)).toBeCloseTo(1);
		expect(after(plateau * 2.1)).toBe(1);
		expect(throttle.active).toBe(false);
	});

	test('each further one of its burst takes one request, down to a quarter of the rate', () => {
		const throttle = new Throttle();
		const left = (burst: number, from: number) => {
			for (let index = 0; index < burst; index += 1) throttle.refused(from);
			return throttle.allowed(from) / 0.72;
		};
		expect(left(1, 100_000)).toBeCloseTo(RATE);
		const late = 100_000 + WINDOW - 1;
		const before = throttle.allowed(late);
		throttle.refused(late);
		expect(throttle.allowed(late)).toBeLessThan(before);
		expect(left(4, 200_000)).toBeCloseTo(RATE - 3);
		expect(left(50, 300_000)).toBeCloseTo(RATE / 4);
	});

	test('a later one is a burst of its own, and starts from what is allowed then', () => {
		const throttle = new Throttle();
		throttle.refused(0);
		const allowed = throttle.allowed(WINDOW);
		throttle.refused(WINDOW);
		expect(throttle.allowed(WINDOW)).toBeCloseTo(0.72 * allowed);
	});
});

describe('starts', () => {
	/** So many requests at this time, each answered after so many milliseconds. */
	function answered(rate: StartRate, count: number, at: number, takes: number): void {
		const starts = Array.from({ length: count }, () => rate.start(at));
		for (const start of starts) rate.finish(start, at + takes, false);
	}

	test('the next one takes the place that becomes free first, in whatever order the answers came', () => {
		const rate = new StartRate();
		rate.start(0);
		answered(rate, RATE - 1, 0, 10);
		expect(rate.next(20)).toBe(WINDOW + 10);
		rate.start(WINDOW + 10);
		expect(rate.next(WINDOW + 10)).toBe(WINDOW + 10);
	});

	/** Until when a request holds its place that has not been answered. */
	const held = ({ at, expiresAt }: Start) => expiresAt - at;

	test('one that is not answered holds its place longer, unless all answers take so long', () => {
		const rate = new StartRate();
		expect(held(rate.start(50_000))).toBe(2 * WINDOW);
		// The oldest has been on its way for a window: the service is slow.
		expect(held(rate.start(50_000 + WINDOW - 1))).toBe(2 * WINDOW);
		expect(held(rate.start(50_000 + WINDOW))).toBe(WINDOW + 60);
		expect(held(rate.start(50_000 + 2 * WINDOW))).toBe(WINDOW + 60);
	});

	test('what has been answered is no longer the oldest on its way', () => {
		const rate = new StartRate();
		answered(rate, 3, 0, 100);
		expect(held(rate.start(60_000))).toBe(2 * WINDOW);
	});

	test('the usual round trip is not taken for lateness, once it is known', () => {
		const rate = new StartRate();
		for (let index = 0; index < RATE + 1; index += 1) {
			const start = rate.start(index * 5000);
			rate.finish(start, start.at + 500, false);
			expect(held(start)).toBe(WINDOW + (index < RATE ? 500 : 0));
		}
		const late = rate.start(200_000);
		rate.finish(late, 200_800, false);
		expect(held(late)).toBe(WINDOW + 300);
	});

	test('a service that becomes slower is soon known as such', () => {
		const rate = new StartRate();
		answered(rate, 1000, 0, 20);
		answered(rate, 30, 10_000, 800);
		const start = rate.start(20_000);
		rate.finish(start, 20_800, false);
		expect(held(start)).toBeLessThan(WINDOW + 50);
	});

	test('nothing is left to know when no place is taken and nothing was refused', () => {
		const rate = new StartRate();
		expect(rate.isIdle(0)).toBe(true);
		answered(rate, 2, 0, 0);
		expect(rate.isIdle(WINDOW - 1)).toBe(false);
		expect(rate.isIdle(WINDOW)).toBe(true);
		rate.finish(rate.start(10_000), 10_000, true);
		expect(rate.isIdle(20_000)).toBe(false);
		expect(rate.isIdle(60_000)).toBe(true);
	});
});
