/** What pictures and films rely on, on a page of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openBrowser, settle } from '../browser.mts';

/** n8n's button: while a spinner is in it, and until Vue has moved that out, its label is not seen. */
const BUTTON = `
	<style>
		.fade-leave-active { transition: opacity 0.2s }
		.fade-leave-to { opacity: 0 }
		i + span { opacity: 0 }
	</style>
	<button></button>
	<script>
		function finish() {
			document.querySelector('button').innerHTML = '<i class="fade-leave-active">…</i><span>Retry</span>';
			const spinner = document.querySelector('i');
			spinner.addEventListener('transitionend', () => spinner.remove());
			requestAnimationFrame(() =>
				requestAnimationFrame(() => spinner.classList.add('fade-leave-to')),
			);
		}
	</script>
`;

test('a page is at rest when Vue has moved out what leaves', async () => {
	const browser = await openBrowser({ width: 300, height: 200 });
	try {
		const page = await browser.newPage();
		await page.setContent(BUTTON);
		for (let round = 1; round <= 10; round += 1) {
			await page.evaluate('finish()');
			await settle(page);
			const opacity = `getComputedStyle(document.querySelector('span')).opacity`;
			assert.equal(await page.evaluate(opacity), '1', `round ${round}`);
		}
	} finally {
		await browser.close();
	}
});
