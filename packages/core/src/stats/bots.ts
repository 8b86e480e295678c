/**
 * Bots, by words that their user agents contain, in lower case.
 *
 * Source: the list `crawler-user-agents` 1.60.0 (Martin Monperrus and others, MIT): the first five words stand for all
 * of its entries that they match, the others are its plain words. Left out are tools and libraries that people download
 * packages with, such as curl, Wget and axios, and words that others contain, such as `make/`.
 */
export const BOT_SOURCE = 'crawler-user-agents 1.60.0';

const WORDS = `
bot|crawl|spider|http://|https://|a6-indexer|abuse.xmco.fr|acquia optimize|acunetix|adbeat.com|admantx|adminlabs
adscanner|adventurer|air.ai/scanning|alienfarm|alittle client|anthropic-ai|ap3a.240617.008|appinsights
appsiteassociation|archive-it|asana/|asnriskscorer|attracta|autoconfig test from ustc|bdfetch|biglotron
bigsur.ai|bingpreview/|binlar|bitbucket-webhooks|bitdiscovery|blackboard|blackbox exporter/|blackduck-fd
bling erp|blogtrottr|bluesky-domain-status-classifier|bluesky/|brandwatch|brokenlinkcheck.com|btwebclient
bugsnag|bushbaby|capitaloneshopping|catchpoint|centuryb.o.t9|chatwork linkpreview|check_http
chrome privacy preserving prefetch proxy|chrome-lighthouse|claude-user|cloudflare-csup|cloudflare-radar-scanner
cloudflare-speedtest|cloudflare-ssldetector|cloudflare-stream-hook|cloudflare-validator|coccoc|cohere-ai
collapsify|collection@infegy.com|cookiehubscan|cookiehubverify|corporama matcher|cozi-icalendar-feedreader
criticalcss.com|cron-job.org|crusty/|customasynchttpclient|cyotekwebcopy|cypex.ai/scanning|dareboost
datadog agent|datadog synthetic|datadogsynthetics|datafeedwatch|datanyze|dataprovider.com|daumoa|deadlinkchecker
digicert dcv|discourse forum onebox|disqus|dmbrowser|dnsscanner|do not track verifier|dotcom-monitor
download ninja|downnotifier.com|easybill-importmanager|ec2linkfinder|elmah.io uptime monitoring|emailwolf
embedly|emoney advisor|evc-batch|exodusmovement|facebookcatalog/|facebookexternalhit|fastdast|fastmailua
fedoraplanet|feed image audit|feedbin|feeder /|feeder.co|feedflow|feedvalidator|findthatfile|fluffy|foregenix
funnelback|g00g1e.net|geedoshopproductfinder|ghost inspector|giftedvisitor scan|gigablast|github-camo
globalwebsearch|google favicon|google trust services|google web preview|google-ads-conversions
google-adwords-express|google-agent|google-area120|google-certificates-bridge|google-inspectiontool
google-physicalweb|google-safety|google-site-verification|google-xrawler|googleagent-mariner
googleassociationservice/|googleimageproxy|googleother|gopay|gotsitemonitor.com|gtmetrix|happywing|hardenize
hatena|headlesschrome|headonlyscraper|honeybadger uptime check|hotjar|httpunit|httrack|hydrozen.io|hype machine/
ia_archiver|imagemind|imgproxy/|impact.com agent|inoreader|instapaper/|integromat/|internetvista monitor
ips-agent|iubenda-radar/|jetmon/|jumio|kagi-fetcher|kaikki.org-digital-archive|keycdn-tools/|keydrop.io|klaviyo/
l9explore|larbin|legalmonster|library of congress web archiving|linkdex|linktiger|logicmonitor|lwp-trivial
magicsearchdev/|managewp|manus-user|marketgoo/|mb-linkchecker|mediapartners-google|mediavinemetadataparser/
meltwaternews|meta-externalads/|meta-externalagent/|meta-externalfetcher/|metaiab facebook|metauri|metorik
miniature.io/|modularconnector/|mollie http client|monitorss/|montastic-monitor|montools.com|nbertaupete95
netcraft ssl server survey|netcraft web server survey|netcraftsurveyagent|netresearchserver
netshelter contentscan|netsystemsresearch|netvigie|new york times newsgathering|newrelicsynthetics|newsai/
newsnow/|newspaper/|nextcloud|nikto|nitro-|nodeping|novellum|nuzzel|nvdorz|nyt_scraping|observepoint|omnisend/
onetrust|openrss|openvas|orlo-linkpreview/|outbrain|outsellurlvalidator|owler-w|page-preview-tool|panopta
panscient|pcore-http|pdf24 url to pdf|penthouse critical path css generator|pingdom|pingping.io/|pixalate.com
playstore-google|playwright|poduptime|postrank|potions/|printfriendly.com|pro-sitemaps/|prtg network monitor
ps_daily/|pulsepoint|puppeteer|pwabuilderhttpagent|reelevant/|remove.bg/|researchscan.comsys.rwth-aachen.de
retrolistecom/|reward-gateway|rsiteauditor|rss-parser|ruxitsynthetic|salesforce.com|scope3|scraping@nytimes.com
search.marginalia.nu|searcherweb|searcherxweb|searchexpress|securityheaders|selenium|semantic-visions
sendgrid event api|seo4ajax.com|server density service monitoring|sfdc-callout/|shopify-captain-hook
shortwave image fetcher|silktide|simplescraper|sindup|site24x7|siteimprove.com|sitelock|sitesucker
siteuptime.com|skypeuripreview|snipcart/|solarwinds/|sora pos/|sparkpost|sparkshipping|spawning-ai
splash version/|sqwatcher|stape/|statuscake|sucuri|sv-watchagent|swifteqlinkchecker|swisscows
test certificate info|testlocally/|the knowledge ai|theinternetsearchx|theoldreader.com|thinklab|thousandeyes
traackr.com|trellis-services|trendsmapresolver|trustly/|tsm-turingos|tumblr/|twilioproxy/|twingly
twinwavescanner|ugaresearchagent|um-ln|upday/|updown.io|upflow|uptime-kuma|uptimedoctor|uptimia|uptrends
urlcheckr/|validator.nu|valve/steam|vaultpress|vercel-screenshot|visionheight.com/scan|w3c-checklink
w3c-mobileok|w3c_css_validator|w3c_i18n-checker|w3c_unicorn|w3c_validator|watchtowr
web screen service by hyperhost|webcapture|webcopier|webflow|webmon|websiteops|websitepulse|wesee:search
whatsapp|whatweb/|wheregoes.com|wheresitup.com/|wjhro/|wordup-1|wordupinfosearch|workona-favicon-service/
wpumbrella|xenu link sleuth|yahoocachesystem|ylt chrome|yokoygroupag/|zabbix|zapier|zendesk webhook|zgrab|zmeu
zoterotranslationserver/wmf
`;

/** A pattern (RE2) that finds a bot in a user agent of lower-case letters. */
export function botAgentPattern(): string {
  const words = WORDS.trim().split(/[\n|]/);
  return words.map((word) => word.replaceAll(/[.*+?^$(){}|[\]\\]/g, '\\$&')).join('|');
}
